package io.entrepot.server.content;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A blob that is passed through. The transfer is started before it is given out, so that a refusal can still be told. */
final class RelayBody implements Body.Streamed {

    private final Target target;
    private final long size;
    private final Store store;
    private final int resumes;
    private final ContentStats stats;
    /** The transfer that was started for the first reader of the whole; taken by it, or closed. */
    private final AtomicReference<@Nullable Relay> first;

    private RelayBody(Target target, long size, Store store, int resumes, ContentStats stats, Relay first) {
        this.target = target;
        this.size = size;
        this.store = store;
        this.resumes = resumes;
        this.stats = stats;
        this.first = new AtomicReference<>(first);
    }

    /** Asks the upstream; fails as it does. */
    static CompletableFuture<RelayBody> open(Target target, long size, Store store, int resumes, ContentStats stats) {
        Relay whole = new Relay(target, size, 0, size, Relay.Prefix.NONE, store, resumes, stats);
        return whole.start().thenApply(started -> new RelayBody(target, size, store, resumes, stats, started));
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public BodyReader open(long from, long to) {
        Relay started = first.getAndSet(null);
        if (started != null) {
            return started.limit(from, to);
        }
        return new Relay(target, size, from, to, Relay.Prefix.NONE, store, resumes, stats);
    }

    @Override
    public void close() {
        Relay unread = first.getAndSet(null);
        if (unread != null) {
            unread.close();
        }
    }
}
