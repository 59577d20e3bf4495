package io.entrepot.server.audit.export;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** Takes records in order. One thread. */
public interface Sink extends Closeable {

    /**
     * Delivers a batch; on return it is in the hands of whoever takes it. Blocks.
     *
     * @throws IOException if it may not have arrived, whole or in part: it will come again
     */
    void deliver(List<Entry> batch) throws IOException;
}
