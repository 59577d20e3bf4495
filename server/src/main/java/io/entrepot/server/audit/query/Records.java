package io.entrepot.server.audit.query;

import java.io.Closeable;
import java.io.IOException;

/** The records of a log in their order, each one JSON object in UTF-8 on one line. */
public interface Records extends Closeable {

    /** The lowest seq that can be read; those below were pruned. */
    long first() throws IOException;

    /** One more than the highest seq that can be read; it may grow while others append. */
    long end() throws IOException;

    /** Records from {@link #first} to below this can be read one here and one there, at little cost for each. */
    long sealed() throws IOException;

    /** Gives the records with {@code from <= seq < to} to the reader, in order. */
    void read(long from, long to, Reader reader) throws IOException;

    @Override
    default void close() throws IOException {}

    /** Takes one record. */
    @FunctionalInterface
    interface Reader {
        void accept(long seq, byte[] record) throws IOException;
    }
}
