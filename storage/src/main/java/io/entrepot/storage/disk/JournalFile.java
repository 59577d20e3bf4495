package io.entrepot.storage.disk;

import io.entrepot.oci.Repository;
import io.entrepot.storage.Incident;
import io.entrepot.storage.disk.StorageFs.Stat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** The file of a journal, open only while something is done with it. Not safe for use by several threads. */
final class JournalFile {

    private final Disk disk;
    private final Path directory;
    private final Path file;
    private boolean exists;
    private boolean forced;
    private boolean torn;
    private volatile long end;

    JournalFile(Disk disk, Repository repository) {
        this.disk = disk;
        this.directory = disk.layout().directory(repository);
        this.file = disk.layout().journal(repository);
    }

    boolean exists() {
        return exists;
    }

    /** Where the next line goes. */
    long end() {
        return end;
    }

    /** All bytes; none if there is no file. What is there and no file is put aside. */
    byte[] read() throws IOException {
        Optional<Stat> stat = disk.fs().stat(file);
        exists = stat.filter(Stat::isFile).isPresent();
        if (!exists) {
            stat.ifPresent(foreign -> Foreign.setAside(disk, file));
            return new byte[0];
        }
        try (FileChannel channel = disk.fs().open(file)) {
            byte[] bytes = new byte[Math.toIntExact(channel.size())];
            int read = disk.fs().read(channel, ByteBuffer.wrap(bytes), 0);
            end = read;
            return Arrays.copyOf(bytes, read);
        }
    }

    /** What follows is no whole line; it is cut off before the next one is written. */
    void tornAt(long position) {
        torn = position < end;
        end = position;
    }

    /** Keeps a copy of a file with damaged lines, and reports them. */
    void damaged(byte[] bytes, int lines) {
        String path = disk.layout().root().relativize(file).toString();
        String evidence = disk.setAside().tryCopy(file, bytes) ? "copied to set-aside/" : "no room to keep a copy";
        disk.incidents().report(new Incident.Unreadable(path, lines + " records; the damaged file: " + evidence));
    }

    /** Adds whole lines; they are on the disk on return if {@code force}. */
    void append(byte[] lines, boolean force) throws IOException {
        try (FileChannel channel = openOrCreate()) {
            if (torn) {
                disk.fs().truncate(channel, end);
                torn = false;
            }
            disk.fs().write(channel, ByteBuffer.wrap(lines), end);
            long after = end + lines.length;
            end = after;
            if (force) {
                disk.fs().force(channel, false);
            }
        }
        if (force && !forced) {
            disk.fs().forceDirectory(directory);
            forced = true;
        }
    }

    private FileChannel openOrCreate() throws IOException {
        disk.directories().ensure(directory);
        if (exists) {
            return disk.fs().openForWriting(file);
        }
        FileChannel channel = disk.fs().create(file);
        exists = true;
        return channel;
    }

    /** Deletes the file; the next line makes it anew. */
    boolean delete() throws IOException {
        exists = false;
        forced = false;
        torn = false;
        end = 0;
        return disk.fs().delete(file);
    }

    /** Writes the file as a whole beside the old one and puts it in its place, forced. */
    void replace(byte[] lines) throws IOException {
        disk.directories().ensure(directory);
        Replace.file(
                disk.fs(),
                disk.temporary("journal"),
                file,
                channel -> disk.fs().write(channel, ByteBuffer.wrap(lines), 0));
        exists = true;
        forced = true;
        torn = false;
        end = lines.length;
    }
}
