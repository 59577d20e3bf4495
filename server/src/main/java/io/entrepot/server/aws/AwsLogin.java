package io.entrepot.server.aws;

import io.entrepot.config.AwsKeysFrom;
import io.entrepot.config.HttpProxy;
import io.entrepot.config.Secret;
import io.entrepot.server.net.Lease;
import io.entrepot.server.net.Machine;
import io.entrepot.server.net.Renewed;
import io.entrepot.server.net.SmallFile;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * Who we are to Amazon: keys from where the configuration says, renewed before they end, fetched once however many ask.
 * Fails with {@link NoAwsKeys}, {@link io.entrepot.server.net.NetException}, or {@link java.io.UncheckedIOException} for a
 * file; no message of these holds anything secret.
 */
public final class AwsLogin implements AutoCloseable {

    private final List<KeySource> sources;
    private final Sts sts;
    private final Renewed<AwsKeys> keys;

    private AwsLogin(List<KeySource> sources, Sts sts, Machine machine) {
        this.sources = List.copyOf(sources);
        this.sts = sts;
        this.keys = new Renewed<>(this::fetch, machine.ticker());
    }

    /**
     * Makes ready to ask; asks nothing yet.
     *
     * @param region whose token service is asked where a role is assumed
     * @param proxy by which that is asked; metadata never are
     * @throws IllegalArgumentException if the environment names an endpoint that cannot be one
     */
    public static AwsLogin open(AwsKeysFrom from, AwsRegion region, Optional<HttpProxy> proxy, Machine machine) {
        Sts sts = new Sts(region, proxy, machine);
        return new AwsLogin(sources(from, sts, machine), sts, machine);
    }

    private static List<KeySource> sources(AwsKeysFrom from, Sts sts, Machine machine) {
        if (from instanceof AwsKeysFrom.Given given) {
            return List.of(new GivenKeys(given, machine));
        }
        if (from instanceof AwsKeysFrom.Environment) {
            return List.of(new EnvironmentKeys(machine));
        }
        if (from instanceof AwsKeysFrom.SharedFile file) {
            return List.of(new SharedFileKeys(file, sts, machine));
        }
        if (from instanceof AwsKeysFrom.WebIdentity identity) {
            return List.of(new WebIdentityKeys(identity, sts, machine));
        }
        if (from instanceof AwsKeysFrom.Container) {
            return List.of(new ContainerKeys(machine));
        }
        return from instanceof AwsKeysFrom.Instance
                ? List.of(new InstanceKeys(machine))
                : List.of(
                        new EnvironmentKeys(machine),
                        new WebIdentityKeys(
                                new AwsKeysFrom.WebIdentity(Optional.empty(), Optional.empty()), sts, machine),
                        new SharedFileKeys(
                                new AwsKeysFrom.SharedFile(Optional.empty(), Optional.empty()), sts, machine),
                        new ContainerKeys(machine),
                        new InstanceKeys(machine));
    }

    /** Keys to sign with now. */
    public CompletableFuture<AwsKeys> keys() {
        return keys.get();
    }

    /** A service did not take these keys: others are fetched when they are next asked for. */
    public void refused(AwsKeys refused) {
        keys.refused(refused);
    }

    /** Of the first source that has any. One that should have and fails is the failure: the next would be another account. */
    private CompletableFuture<Lease<AwsKeys>> fetch() {
        CompletableFuture<Optional<Lease<AwsKeys>>> found = CompletableFuture.completedFuture(Optional.empty());
        for (KeySource source : sources) {
            if (source.isMeant() || sources.size() == 1) {
                found = found.thenCompose(
                        earlier -> earlier.isPresent() ? CompletableFuture.completedFuture(earlier) : source.fetch());
            }
        }
        return found.thenApply(lease -> lease.orElseThrow(this::missing));
    }

    private NoAwsKeys missing() {
        String expected = sources.stream().map(KeySource::expected).collect(Collectors.joining(", or "));
        return new NoAwsKeys("no AWS keys (expected: " + expected + ")");
    }

    @Override
    public void close() {
        sources.forEach(KeySource::close);
        sts.close();
    }

    /** Keys that the configuration gives; a secret of a file is read again while it is used. */
    private record GivenKeys(AwsKeysFrom.Given given, Machine machine) implements KeySource {

        @Override
        public boolean isMeant() {
            return true;
        }

        @Override
        public CompletableFuture<Optional<Lease<AwsKeys>>> fetch() {
            CompletableFuture<Optional<Secret>> session = given.sessionToken()
                    .map(token -> current(token).thenApply(Optional::of))
                    .orElseGet(() -> CompletableFuture.completedFuture(Optional.empty()));
            return current(given.secret())
                    .thenCombine(session, (secret, token) -> new AwsKeys(given.id(), secret, token))
                    .thenApply(keys -> Optional.of(new Lease<>(keys, SharedFileKeys.SEEN_AFTER)));
        }

        private CompletableFuture<Secret> current(Secret secret) {
            return SmallFile.secret(secret, machine.blocking());
        }

        @Override
        public String expected() {
            return "keys";
        }
    }
}
