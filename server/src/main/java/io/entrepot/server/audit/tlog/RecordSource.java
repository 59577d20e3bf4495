package io.entrepot.server.audit.tlog;

import java.io.IOException;

/** Durable records in their order, each with its index from 0; what is below {@link #first} is not there any more. */
public interface RecordSource {

    /** The lowest index that can be read. */
    long first();

    /** Records below this index are durable, and can be read from {@link #first} on. It only grows. */
    long size();

    /** Hands out the records from {@code from} to below {@code to}, in order. Blocks. @throws IOException if one is not there */
    void read(long from, long to, Taker taker) throws IOException;

    /** Takes one record after the other. */
    @FunctionalInterface
    interface Taker {
        void take(long index, byte[] record) throws IOException;
    }
}
