package io.entrepot.storage.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes directories that survive a crash: each is forced into its parent.
 *
 * <p>One that exists already is forced too, once in the life of the process: whoever made it may have died before.
 */
final class Directories {

    private static final int REMEMBERED = 10_000;

    private final StorageFs fs;
    private final Path root;
    private final Set<Path> durable = ConcurrentHashMap.newKeySet();

    Directories(StorageFs fs, Path root) {
        this.fs = fs;
        this.root = root;
    }

    /** Returns when this directory and all above it, up to the root, are on the disk. */
    void ensure(Path directory) throws IOException {
        Path parent = directory.getParent();
        if (directory.equals(root) || parent == null || durable.contains(directory)) {
            return;
        }
        ensure(parent);
        fs.mkdir(directory);
        fs.forceDirectory(parent);
        remember(directory);
    }

    private void remember(Path directory) {
        if (durable.size() >= REMEMBERED) {
            durable.clear();
        }
        durable.add(directory);
    }

    /** Somebody may have deleted directories: looks again at each that is used next. */
    void forget() {
        durable.clear();
    }
}
