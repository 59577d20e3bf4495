package io.entrepot.server.pull;

import io.entrepot.server.content.Body;
import io.entrepot.server.content.BodyReader;

/** The body of a blob of which only the size was asked for. */
record HeadOnly(long size) implements Body.Streamed {

    @Override
    public BodyReader open(long from, long to) {
        throw new IllegalStateException("a HEAD has no bytes");
    }

    @Override
    public void close() {}
}
