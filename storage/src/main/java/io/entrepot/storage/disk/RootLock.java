package io.entrepot.storage.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One process, and one store in it, for each directory. The lock file holds the process id, for people. */
final class RootLock implements AutoCloseable {

    /** Asked first: to close a second channel on the lock file would release the lock of the first (POSIX). */
    private static final Set<Path> OPEN_HERE = ConcurrentHashMap.newKeySet();

    private static final Logger LOG = LoggerFactory.getLogger(RootLock.class);

    private final Path root;
    private final FileChannel channel;

    private RootLock(Path root, FileChannel channel) {
        this.root = root;
        this.channel = channel;
    }

    /** Locks a root, given as its real path. */
    static RootLock take(StorageFs fs, Layout layout) throws IOException {
        if (!OPEN_HERE.add(layout.root())) {
            throw new IOException(inUse(layout.root(), ProcessHandle.current().pid() + ", this one"));
        }
        try {
            return new RootLock(layout.root(), lock(fs, layout));
        } catch (IOException | RuntimeException e) {
            OPEN_HERE.remove(layout.root());
            throw e;
        }
    }

    private static FileChannel lock(StorageFs fs, Layout layout) throws IOException {
        FileChannel channel = openOrCreate(fs, layout.lock());
        try {
            @Nullable FileLock lock = channel.tryLock();
            if (lock == null) {
                throw new IOException(inUse(layout.root(), read(fs, channel)));
            }
            fs.truncate(channel, 0);
            String pid = ProcessHandle.current().pid() + "\n";
            fs.write(channel, ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static FileChannel openOrCreate(StorageFs fs, Path file) throws IOException {
        try {
            return fs.create(file);
        } catch (FileAlreadyExistsException e) {
            return fs.openForWriting(file);
        }
    }

    private static String inUse(Path root, String process) {
        return "store " + root + " is in use by process " + process + " (expected: one process for each store)";
    }

    private static String read(StorageFs fs, FileChannel channel) throws IOException {
        ByteBuffer pid = ByteBuffer.allocate(20);
        fs.read(channel, pid, 0);
        return StandardCharsets.US_ASCII.decode(pid.flip()).toString().strip();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("store", root).addKeyValue("cause", e).log("lock file not closed");
        } finally {
            OPEN_HERE.remove(root);
        }
    }
}
