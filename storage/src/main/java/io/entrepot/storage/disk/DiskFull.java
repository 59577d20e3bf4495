package io.entrepot.storage.disk;

import io.entrepot.storage.StoreFullException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Tells a full disk from other failures: Java has no exception for it, only the system's words, which may be translated. */
final class DiskFull {

    private static final List<String> WORDS =
            List.of("No space left on device", "Disk quota exceeded", "File too large", "Too many links");
    private static final long NEXT_TO_NOTHING = 64 * 1024;

    private DiskFull() {}

    /** The failure itself, or a {@link StoreFullException} that says so if the disk is full. */
    static IOException explained(StorageFs fs, Path where, IOException failure) {
        if (failure instanceof StoreFullException || !isFull(fs, where, failure)) {
            return failure;
        }
        StoreFullException full = new StoreFullException("disk is full: " + failure.getMessage());
        full.initCause(failure);
        return full;
    }

    private static boolean isFull(StorageFs fs, Path where, IOException failure) {
        String message = String.valueOf(failure.getMessage());
        return WORDS.stream().anyMatch(message::contains) || isNearlyFull(fs, where);
    }

    private static boolean isNearlyFull(StorageFs fs, Path where) {
        try {
            return fs.free(where) < NEXT_TO_NOTHING;
        } catch (IOException e) {
            return false;
        }
    }
}
