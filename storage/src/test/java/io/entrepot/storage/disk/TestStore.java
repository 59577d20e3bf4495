package io.entrepot.storage.disk;

import io.entrepot.storage.Incident;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** How a test opens a store: which disk, what time, which limits; and what the store reported. */
final class TestStore {

    final Path root;
    final List<Incident> incidents = new CopyOnWriteArrayList<>();
    StorageFs fs = WrappedFs.quick();
    DiskStore.Options options = DiskStore.Options.of(1L << 30);
    volatile Instant now = Instant.parse("2026-03-01T10:00:00Z");

    TestStore(Path root) {
        this.root = root;
    }

    /** Opens it without the threads that look after it, so that nothing happens by itself. */
    DiskStore open() throws IOException {
        return DiskStore.open(root, options, incidents::add, fs, () -> now);
    }
}
