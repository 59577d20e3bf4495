package io.entrepot.server.login;

import io.entrepot.config.MirrorConfig.Credentials;
import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.config.Secret;
import io.entrepot.oci.Repository;
import io.entrepot.server.net.Egress;
import io.entrepot.server.net.Machine;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Opens the login to an upstream that its configuration says. */
public final class Logins {

    /** Nobody, for ever. */
    static final LoginSource NOBODY = new FixedLogin(new Login.Nobody());

    private Logins() {}

    /**
     * Makes ready to find out; asks nobody yet.
     *
     * @param egress how far the upstream's own client may go, for those who log in at the registry itself
     * @return if the credentials cannot be meant for this upstream or on this machine, one that always fails and says why
     */
    public static LoginSource open(UpstreamConfig upstream, Egress egress, Machine machine) {
        return open(upstream.credentials(), new Target(upstream.registry(), upstream.url(), egress), machine);
    }

    private static LoginSource open(Credentials credentials, Target target, Machine machine) {
        try {
            return meant(credentials, target, machine);
        } catch (IllegalArgumentException e) {
            return new Impossible(new NoLogin(String.valueOf(e.getMessage())));
        }
    }

    /** A login that cannot be: what it is for is refused, not asked for as nobody. */
    private record Impossible(NoLogin why) implements LoginSource {

        @Override
        public CompletableFuture<Login> login(Repository repository) {
            return CompletableFuture.failedFuture(why);
        }
    }

    private static LoginSource meant(Credentials credentials, Target target, Machine machine) {
        if (credentials instanceof Credentials.ByRepository chosen) {
            return chosen(chosen, target, machine);
        }
        if (credentials instanceof Credentials.Basic basic) {
            return secret(basic.password(), password -> new Login.Password(basic.username(), password), machine);
        }
        if (credentials instanceof Credentials.IdentityToken identity) {
            return secret(identity.token(), Login.Identity::new, machine);
        }
        if (credentials instanceof Credentials.DockerConfig config) {
            return new DockerConfigLogin(config.file(), target, machine);
        }
        if (credentials instanceof Credentials.Helper helper) {
            return new HelperLogin(helper.program(), target.dockerKey(), machine);
        }
        if (credentials instanceof Credentials.Exec exec) {
            return new ProviderLogin(exec.command(), target, machine);
        }
        if (credentials instanceof Credentials.GoogleKey key) {
            return GoogleKeyLogin.open(key.file(), target, machine);
        }
        if (credentials instanceof Credentials.GoogleMetadata metadata) {
            return GoogleMetadataLogin.open(metadata.account(), machine);
        }
        if (credentials instanceof Credentials.Ecr ecr) {
            return EcrLogin.open(ecr, target, machine);
        }
        return credentials instanceof Credentials.Azure azure
                ? AzureLogin.open(azure.identity(), target, machine)
                : NOBODY;
    }

    private static LoginSource chosen(Credentials.ByRepository chosen, Target target, Machine machine) {
        Map<Credentials, LoginSource> sources = new HashMap<>();
        chosen.choices()
                .forEach(choice -> sources.computeIfAbsent(choice.credentials(), each -> open(each, target, machine)));
        sources.computeIfAbsent(chosen.otherwise(), each -> open(each, target, machine));
        return new ChosenLogin(chosen, sources);
    }

    private static LoginSource secret(Secret secret, Function<Secret, Login> made, Machine machine) {
        return secret.file().isPresent() ? FileLogin.open(secret, made, machine) : new FixedLogin(made.apply(secret));
    }
}
