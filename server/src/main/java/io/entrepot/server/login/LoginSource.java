package io.entrepot.server.login;

import io.entrepot.oci.Repository;
import java.util.concurrent.CompletableFuture;

/** Knows who we are to one upstream. What it finds out it keeps, and renews before it ends. */
public interface LoginSource extends AutoCloseable {

    /** What to show for this repository. Fails with {@link NoLogin}. */
    CompletableFuture<Login> login(Repository repository);

    /** What was shown was not taken: if there may be another by now, it is asked for when it is next needed. */
    default void refused(Repository repository, Login login) {}

    @Override
    default void close() {}
}
