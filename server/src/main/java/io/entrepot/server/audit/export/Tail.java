package io.entrepot.server.audit.export;

import java.io.IOException;
import java.util.List;

/** Durable records in order, for whoever follows them. */
public interface Tail {

    /** The lowest number that can still be read. */
    long first();

    /** Records below this are durable. */
    long end();

    /**
     * The records from a number on, at most so many and about so many bytes, at least one if there is one. Blocks.
     *
     * @throws IOException if they cannot be read
     */
    List<Entry> read(long from, int most, long bytes) throws IOException;
}
