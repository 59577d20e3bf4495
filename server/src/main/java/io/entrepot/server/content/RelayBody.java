package io.entrepot.server.content;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A blob that is passed through. The transfer is started before it is given out, so that a refusal can still be told. */
final class RelayBody implements Body.Streamed {

    private final Relays relays;
    private final Target target;
    private final long size;
    /** The transfer that was started already; taken by the first reader, or closed. */
    private final AtomicReference<@Nullable Relay> first;

    RelayBody(Relays relays, Target target, long size, Relay first) {
        this.relays = relays;
        this.target = target;
        this.size = size;
        this.first = new AtomicReference<>(first);
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public BodyReader open(long from, long to) {
        Relay started = first.getAndSet(null);
        Relay relay = started != null ? started : relays.another(target, size);
        return relay.limit(from, to);
    }

    @Override
    public void close() {
        Relay unread = first.getAndSet(null);
        if (unread != null) {
            unread.close();
        }
    }
}
