package io.entrepot.server.aws;

import io.entrepot.server.net.Lease;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** One of the places where keys may be. */
interface KeySource extends AutoCloseable {

    /** Whether this machine says that keys are there; a source that is named is asked in any case. */
    boolean isMeant();

    /** Keys and how long they hold. Empty if there is such a place, but nothing in it for us. */
    CompletableFuture<Optional<Lease<AwsKeys>>> fetch();

    /** What to say to who expected keys there. */
    String expected();

    @Override
    default void close() {}
}
