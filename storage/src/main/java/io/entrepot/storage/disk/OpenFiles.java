package io.entrepot.storage.disk;

import io.entrepot.oci.Digest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The open files of blobs, one for each, shared by all who read it; some stay open after the last reader left. */
final class OpenFiles implements AutoCloseable {

    /** An open blob; what changes is guarded by the lock of {@link OpenFiles}. */
    static final class OpenFile {
        final Digest digest;
        final FileChannel channel;
        final long inode;
        private int users = 1;
        private boolean forgotten;

        OpenFile(Digest digest, FileChannel channel, long inode) {
            this.digest = digest;
            this.channel = channel;
            this.inode = inode;
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(OpenFiles.class);

    private final int idleLimit;
    private final Executor closer;
    private final Map<Digest, OpenFile> busy = new HashMap<>();
    private final Map<Digest, OpenFile> idle = new LinkedHashMap<>();

    /** @param closer closes what its last reader left: the last close of a deleted file frees its blocks, and waits for it */
    OpenFiles(int idleLimit, Executor closer) {
        this.idleLimit = idleLimit;
        this.closer = closer;
    }

    /** One more user of the file, if it is open and still the one of this inode. */
    synchronized Optional<OpenFile> use(Digest digest, long inode) {
        OpenFile file = busy.getOrDefault(digest, idle.get(digest));
        if (file == null || file.inode != inode || !file.channel.isOpen()) {
            return Optional.empty();
        }
        idle.remove(digest);
        busy.put(digest, file);
        file.users++;
        return Optional.of(file);
    }

    /** Takes over an open file with its first user; another one of this digest is forgotten. */
    void adopt(OpenFile file) {
        forget(file.digest);
        synchronized (this) {
            busy.put(file.digest, file);
        }
    }

    /** One user less; the file may stay open for the next one. */
    synchronized void release(OpenFile file) {
        file.users--;
        if (file.users > 0) {
            return;
        }
        if (file.forgotten) {
            closeElsewhere(file);
            return;
        }
        busy.remove(file.digest);
        idle.put(file.digest, file);
        closeIdle();
    }

    private void closeIdle() {
        Iterator<OpenFile> oldestFirst = idle.values().iterator();
        while (idle.size() > idleLimit) {
            closeElsewhere(oldestFirst.next());
            oldestFirst.remove();
        }
    }

    /** The next user opens the file anew; those who have it keep it. Nobody waits for what the close of it frees. */
    void forget(Digest digest) {
        OpenFile unread = drop(digest);
        if (unread != null) {
            close(unread);
        }
    }

    private synchronized @Nullable OpenFile drop(Digest digest) {
        OpenFile read = busy.remove(digest);
        if (read != null) {
            read.forgotten = true;
        }
        return idle.remove(digest);
    }

    /** True if somebody reads this blob now. */
    synchronized boolean inUse(Digest digest) {
        return busy.containsKey(digest);
    }

    /** Closes what nobody reads; the rest is closed by its last user. */
    @Override
    public synchronized void close() {
        idle.values().forEach(OpenFiles::close);
        idle.clear();
        busy.values().forEach(file -> file.forgotten = true);
        busy.clear();
    }

    private void closeElsewhere(OpenFile file) {
        try {
            closer.execute(() -> close(file));
        } catch (RejectedExecutionException e) {
            close(file);
        }
    }

    private static void close(OpenFile file) {
        try {
            file.channel.close();
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("digest", file.digest)
                    .addKeyValue("cause", e)
                    .log("blob not closed");
        }
    }
}
