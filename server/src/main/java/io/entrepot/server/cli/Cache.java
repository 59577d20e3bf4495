package io.entrepot.server.cli;

import io.entrepot.storage.disk.Garbage.Limits;
import java.util.function.Consumer;

/** The cache as the commands see it: that of a running mirror, or the store itself. */
interface Cache extends AutoCloseable {

    /** One JSON object for each blob. */
    void list(Consumer<String> lines);

    /** Hashes every blob; one JSON object for each. */
    void verify(Consumer<String> lines);

    /** Removes what nothing needs; one JSON object for each thing, others that say how far it is. */
    void collect(Limits limits, Consumer<String> lines);

    /** True if it was held. */
    boolean remove(io.entrepot.oci.Digest digest);

    @Override
    void close();
}
