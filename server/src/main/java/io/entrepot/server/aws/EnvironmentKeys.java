package io.entrepot.server.aws;

import io.entrepot.config.Secret;
import io.entrepot.server.net.Lease;
import io.entrepot.server.net.Machine;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Keys in the environment of our process, which cannot change. */
record EnvironmentKeys(Machine machine) implements KeySource {

    private static final String ID = "AWS_ACCESS_KEY_ID";
    private static final String SECRET = "AWS_SECRET_ACCESS_KEY";

    @Override
    public boolean isMeant() {
        return !machine.variable(ID).isEmpty() && !machine.variable(SECRET).isEmpty();
    }

    @Override
    public CompletableFuture<Optional<Lease<AwsKeys>>> fetch() {
        if (!isMeant()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        Optional<Secret> session = Optional.of(machine.variable("AWS_SESSION_TOKEN"))
                .filter(token -> !token.isEmpty())
                .map(Secret::new);
        AwsKeys keys = new AwsKeys(machine.variable(ID), new Secret(machine.variable(SECRET)), session);
        return CompletableFuture.completedFuture(Optional.of(Lease.ever(keys)));
    }

    @Override
    public String expected() {
        return ID + " and " + SECRET;
    }
}
