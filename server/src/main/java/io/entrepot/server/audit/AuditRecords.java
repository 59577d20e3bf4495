package io.entrepot.server.audit;

import io.entrepot.server.audit.journal.Body;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** Where records go. Returns at once; called on any thread. */
public interface AuditRecords {

    /**
     * Takes a record, without its number.
     *
     * @return its number, once it is durable; whoever waits goes on on {@code resume}. Fails if it cannot be written
     */
    CompletableFuture<Long> append(Body record, Executor resume);

    /** Takes a record that nobody waits for; false if it was not taken. It is lost if it cannot be written then. */
    boolean post(Body record);

    /** False while nothing can be recorded. */
    boolean isWritable();

    /** Why nothing is to be decided although records are taken: for whom the log waits. */
    Optional<String> held();

    /** Whether so little space is left that what can be drowned in must not be written. */
    boolean isScarce();

    /** Nowhere: everything is on record at once. For a mirror that keeps none. */
    AuditRecords NONE = new AuditRecords() {

        private final CompletableFuture<Long> done = CompletableFuture.completedFuture(-1L);

        @Override
        public CompletableFuture<Long> append(Body record, Executor resume) {
            return done;
        }

        @Override
        public boolean post(Body record) {
            return true;
        }

        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public Optional<String> held() {
            return Optional.empty();
        }

        @Override
        public boolean isScarce() {
            return false;
        }
    };
}
