package io.entrepot.server.http;

/** Told of every request when nothing more goes out; returns at once and does not throw. Called on event loops. */
@FunctionalInterface
public interface Requests {

    void finished(Exchanged exchange);

    /** A connection was closed because there was no direct memory for it. */
    default void outOfDirectMemory() {}

    /** Tells this one, then the other. */
    default Requests and(Requests other) {
        Requests first = this;
        return new Requests() {
            @Override
            public void finished(Exchanged exchange) {
                first.finished(exchange);
                other.finished(exchange);
            }

            @Override
            public void outOfDirectMemory() {
                first.outOfDirectMemory();
                other.outOfDirectMemory();
            }
        };
    }
}
