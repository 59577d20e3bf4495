package io.entrepot.storage.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where damaged and foreign files go, to be looked at by a person: the newest 100 of them, at most 1 GiB together.
 *
 * <p>What is older than these is deleted; a single file above 1 GiB is not kept. It does not count as held by the store.
 */
final class SetAside {

    static final int FILES = 100;
    static final long BYTES = 1L << 30;

    private static final Pattern TIME = Pattern.compile("([0-9]{13})-");
    private static final Logger LOG = LoggerFactory.getLogger(SetAside.class);

    private final StorageFs fs;
    private final Directories directories;
    private final Path directory;
    private final InstantSource clock;
    private int count;

    SetAside(StorageFs fs, Directories directories, Layout layout, InstantSource clock) {
        this.fs = fs;
        this.directories = directories;
        this.directory = layout.setAside();
        this.clock = clock;
    }

    /** Moves a file or directory here. */
    synchronized void move(Path file) throws IOException {
        fs.move(file, place(file));
        prune();
    }

    /** Keeps a copy of these bytes as evidence of what stood in a file, if there is room; false if not. */
    boolean tryCopy(Path file, byte[] bytes) {
        try {
            copy(file, bytes);
            return true;
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("file", file).addKeyValue("cause", e).log("damaged file not copied");
            return false;
        }
    }

    private synchronized void copy(Path file, byte[] bytes) throws IOException {
        try (FileChannel copy = fs.create(place(file))) {
            fs.write(copy, ByteBuffer.wrap(bytes), 0);
        }
        prune();
    }

    /** A name that sorts by time, as in {@code 1772366400000-0007-_journal}. */
    private Path place(Path file) throws IOException {
        directories.ensure(directory);
        String name = String.format("%013d-%04d-%s", clock.millis(), count++ % 10_000, file.getFileName());
        return directory.resolve(name.length() <= 200 ? name : name.substring(0, 200));
    }

    private void prune() throws IOException {
        List<Path> newestFirst = new ArrayList<>(fs.list(directory));
        newestFirst.sort(Comparator.reverseOrder());
        long bytes = 0;
        int kept = 0;
        for (Path file : newestFirst) {
            long size = fs.stat(file).map(StorageFs.Stat::size).orElse(0L);
            if (kept == FILES || bytes + size > BYTES) {
                delete(file);
            } else {
                kept++;
                bytes += size;
            }
        }
    }

    /** What was put here before a time, with its bytes; deleted unless it is only looked at. */
    synchronized Map<Path, Long> before(Instant time, boolean delete) throws IOException {
        Map<Path, Long> old = new LinkedHashMap<>();
        for (Path file : fs.list(directory)) {
            if (since(file).isBefore(time)) {
                old.put(file, bytes(file));
                if (delete) {
                    delete(file);
                }
            }
        }
        return old;
    }

    /** Its name says when it came here; what got another name here says when it was written. */
    private Instant since(Path file) throws IOException {
        Matcher name = TIME.matcher(String.valueOf(file.getFileName()));
        return name.lookingAt()
                ? Instant.ofEpochMilli(Long.parseLong(name.group(1)))
                : fs.stat(file)
                        .map(stat -> Instant.ofEpochSecond(0, stat.modified()))
                        .orElse(Instant.MAX);
    }

    private long bytes(Path file) throws IOException {
        Optional<StorageFs.Stat> stat = fs.stat(file);
        if (stat.filter(StorageFs.Stat::isDirectory).isEmpty()) {
            return stat.map(StorageFs.Stat::size).orElse(0L);
        }
        long bytes = 0;
        for (Path child : fs.list(file)) {
            bytes += bytes(child);
        }
        return bytes;
    }

    private void delete(Path file) throws IOException {
        if (fs.stat(file).filter(StorageFs.Stat::isDirectory).isPresent()) {
            for (Path child : fs.list(file)) {
                delete(child);
            }
        }
        fs.delete(file);
    }
}
