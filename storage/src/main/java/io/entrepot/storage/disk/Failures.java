package io.entrepot.storage.disk;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Does one thing after the other, also when one fails, and tells of the failures at the end. */
final class Failures {

    /** Work that may fail with the disk. */
    @FunctionalInterface
    interface Work {
        void run() throws IOException;
    }

    private @Nullable IOException first;

    void attempt(Work work) {
        try {
            work.run();
        } catch (IOException e) {
            add(e);
        }
    }

    private void add(IOException failure) {
        if (first == null) {
            first = failure;
        } else {
            first.addSuppressed(failure);
        }
    }

    /** Throws the first failure, if there was one. */
    void rethrow() throws IOException {
        if (first != null) {
            throw first;
        }
    }
}
