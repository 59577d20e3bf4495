package io.entrepot.server.audit.journal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** One process, and one journal in it, for each directory. */
final class JournalLock implements AutoCloseable {

    /** Asked first: to close a second channel on the lock file would release the lock of the first (POSIX). */
    private static final Set<Path> OPEN_HERE = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final FileChannel channel;

    private JournalLock(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /** Locks a directory, given as its real path. */
    static JournalLock take(JournalFs fs, Layout layout) throws IOException {
        if (!OPEN_HERE.add(layout.directory())) {
            throw inUse(layout.directory());
        }
        try {
            return new JournalLock(layout.directory(), lock(fs, layout));
        } catch (IOException | RuntimeException e) {
            OPEN_HERE.remove(layout.directory());
            throw e;
        }
    }

    private static FileChannel lock(JournalFs fs, Layout layout) throws IOException {
        FileChannel channel = openOrCreate(fs, layout.lock());
        try {
            @Nullable FileLock lock = channel.tryLock();
            if (lock == null) {
                throw inUse(layout.directory());
            }
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static FileChannel openOrCreate(JournalFs fs, Path file) throws IOException {
        try {
            return fs.create(file);
        } catch (FileAlreadyExistsException e) {
            return fs.openForWriting(file);
        }
    }

    private static IOException inUse(Path directory) {
        return new IOException("journal " + directory + " is in use (expected: one process that writes it)");
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            OPEN_HERE.remove(directory);
        }
    }
}
