package io.entrepot.server.login;

import io.entrepot.config.Secret;
import io.entrepot.server.net.Lease;
import io.entrepot.server.net.Machine;
import io.entrepot.server.net.SmallFile;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** A login whose secret stands in a file of its own, which is read again while it is used. */
final class FileLogin {

    /** So soon a changed file is seen. */
    static final Duration SEEN_AFTER = Duration.ofSeconds(5);

    private final Function<Secret, Login> made;
    private final Machine machine;
    private volatile Secret last;

    private FileLogin(Secret first, Function<Secret, Login> made, Machine machine) {
        this.last = first;
        this.made = made;
        this.machine = machine;
    }

    /** @param first what stood in the file when the configuration was read */
    static LoginSource open(Secret first, Function<Secret, Login> made, Machine machine) {
        return new RenewedLogin(new FileLogin(first, made, machine)::read, machine, () -> {});
    }

    private CompletableFuture<Lease<Login>> read() {
        return SmallFile.secret(last, machine.blocking()).thenApply(secret -> {
            last = secret;
            return new Lease<>(made.apply(secret), SEEN_AFTER);
        });
    }
}
