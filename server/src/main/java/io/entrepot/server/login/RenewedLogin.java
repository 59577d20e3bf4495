package io.entrepot.server.login;

import io.entrepot.oci.Repository;
import io.entrepot.server.net.Lease;
import io.entrepot.server.net.Machine;
import io.entrepot.server.net.Renewed;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** One login for all repositories, which somebody gives out for a while. */
final class RenewedLogin implements LoginSource {

    private final Renewed<Login> login;
    private final Runnable close;

    /** @param close frees what the source fetches with */
    RenewedLogin(Supplier<CompletableFuture<Lease<Login>>> source, Machine machine, Runnable close) {
        this.login = new Renewed<>(source, machine.ticker());
        this.close = close;
    }

    @Override
    public CompletableFuture<Login> login(Repository repository) {
        return login.get().exceptionallyCompose(failure -> CompletableFuture.failedFuture(NoLogin.of(failure)));
    }

    @Override
    public void refused(Repository repository, Login refused) {
        login.refused(refused);
    }

    @Override
    public void close() {
        close.run();
    }
}
