package io.entrepot.server.login;

import io.entrepot.oci.Repository;
import java.util.concurrent.CompletableFuture;

/** A login that the configuration gives. */
record FixedLogin(Login login) implements LoginSource {

    @Override
    public CompletableFuture<Login> login(Repository repository) {
        return CompletableFuture.completedFuture(login);
    }
}
