package io.entrepot.server.cli;

import io.entrepot.config.MirrorConfig;
import io.entrepot.oci.Digest;
import io.entrepot.server.inspect.CacheSteps;
import io.entrepot.server.inspect.GarbageSteps;
import io.entrepot.server.inspect.Steps;
import io.entrepot.server.inspect.Stores;
import io.entrepot.server.log.Records;
import io.entrepot.storage.BlobStore;
import io.entrepot.storage.disk.DiskStore;
import io.entrepot.storage.disk.Garbage.Limits;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The cache of a mirror that does not run: its store, opened by the command. */
final class StoredCache implements Cache {

    private static final Logger LOG = LoggerFactory.getLogger(StoredCache.class);

    private final DiskStore store;
    private final BlobStore blobs;

    private StoredCache(DiskStore store) {
        this.store = store;
        this.blobs = store.blobs();
    }

    static Cache open(MirrorConfig config) {
        try {
            return new StoredCache(Stores.existing(config, incident -> Records.log((Record) incident, LOG.atWarn())));
        } catch (IOException e) {
            throw CommandException.failed(String.valueOf(e.getMessage()));
        }
    }

    /** What is known is listed at once; what the store finds while it looks through its files, behind that. */
    @Override
    public void list(Consumer<String> lines) {
        AtomicLong listed = new AtomicLong();
        run(() -> CacheSteps.list(blobs), line -> {
            listed.incrementAndGet();
            lines.accept(line);
        });
        store.swept().join();
        run(() -> CacheSteps.listAfter(listed.get(), blobs), lines);
    }

    @Override
    public void verify(Consumer<String> lines) {
        store.swept().join();
        run(() -> CacheSteps.verify(blobs), lines);
    }

    @Override
    public void collect(Limits limits, Consumer<String> lines) {
        run(() -> new GarbageSteps(store.garbage(limits)), lines);
    }

    @Override
    public boolean remove(Digest digest) {
        try {
            return blobs.remove(digest);
        } catch (IOException e) {
            throw CommandException.failed(String.valueOf(e.getMessage()));
        }
    }

    /** What begins work that may fail. */
    private interface Start {
        Steps start() throws IOException;
    }

    private static void run(Start start, Consumer<String> lines) {
        try (Steps steps = start.start()) {
            for (List<String> next = steps.next(); !next.isEmpty(); next = steps.next()) {
                next.forEach(lines);
            }
        } catch (IOException e) {
            throw CommandException.failed(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void close() {
        store.close();
    }
}
