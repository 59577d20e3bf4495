package io.entrepot.server.audit.journal;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A record that waits to be written, and at once a link of the chain in which it waits: to add one takes no other object.
 *
 * <p>Its producer writes the fields until the {@link Intake} has it, then the writer's thread.
 */
class Pending {

    private final Body body;
    private byte @Nullable [] made; // the writer's thread
    private Pending link = this;
    private int records;
    private long bytes;

    Pending(Body body) {
        this.body = body;
    }

    /** About so many bytes of a segment. */
    int weight() {
        return Frame.sizeOf(body.weight());
    }

    /** What is to be written: made now, if it was not. On the writer's thread. */
    byte[] made() {
        byte @Nullable [] bytes = made;
        if (bytes == null) {
            bytes = body.bytes();
            made = bytes;
        }
        return bytes;
    }

    /** In the intake the one before it; once taken the one behind it. */
    Pending link() {
        return link;
    }

    void link(Pending other) {
        link = other;
    }

    /** How many wait, up to this one. */
    int records() {
        return records;
    }

    /** How many bytes wait, up to this one. */
    long bytes() {
        return bytes;
    }

    /** It is the first to wait. */
    void begins(Pending nobody) {
        link = nobody;
        records = 1;
        bytes = weight();
    }

    void follows(Pending other) {
        link = other;
        records = other.records + 1;
        bytes = other.bytes + weight();
    }

    /** A record for which somebody waits. */
    static final class Awaited extends Pending {

        private final Executor resume;
        private final CompletableFuture<Long> future = new CompletableFuture<>();
        private long seq;

        Awaited(Body body, Executor resume) {
            super(body);
            this.resume = resume;
        }

        Executor resume() {
            return resume;
        }

        CompletableFuture<Long> future() {
            return future;
        }

        void durableAs(long number) {
            seq = number;
        }

        void complete() {
            future.complete(seq);
        }

        void fail(IOException cause) {
            future.completeExceptionally(cause);
        }
    }
}
