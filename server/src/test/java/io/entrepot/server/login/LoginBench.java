package io.entrepot.server.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.ConfigException;
import io.entrepot.config.ConfigLoader;
import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.config.Secret;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import io.entrepot.server.TestMachine;
import io.entrepot.server.net.Egress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The login to an upstream as a configuration says it, on a machine of the test's own. */
final class LoginBench implements AutoCloseable {

    private static final Duration LONG = Duration.ofSeconds(60);

    final LoginSource source;
    private final Registry registry;
    private final TestMachine machine;

    private LoginBench(UpstreamConfig config, Map<String, String> environment) {
        registry = config.registry();
        machine = TestMachine.with(environment);
        source = Logins.open(
                config,
                new Egress(
                        true,
                        Set.of(),
                        Optional.empty(),
                        LONG,
                        LONG,
                        LONG,
                        4,
                        config.reach().proxy()),
                machine.machine());
    }

    /** @param upstream one entry of {@code upstreams:} in YAML's flow style, as in {@code ghcr.io: { auth: { … } }} */
    static LoginBench of(String upstream, Map<String, String> environment) {
        try {
            Map<String, String> all = new HashMap<>(Map.of("PATH", "/usr/bin:/bin"));
            all.putAll(environment);
            var config = ConfigLoader.parse("test", "upstreams: { " + upstream + " }", all);
            return new LoginBench(config.upstreams().values().iterator().next(), all);
        } catch (ConfigException e) {
            throw new AssertionError(e);
        }
    }

    static LoginBench of(String upstream) {
        return of(upstream, Map.of());
    }

    Repository repository(String path) {
        return new Repository(registry, path);
    }

    Login login() {
        return login("team/app");
    }

    Login login(String path) {
        return TestMachine.await(source.login(repository(path)));
    }

    /** Why there is none. */
    String failure() {
        Throwable failure = TestMachine.failure(source.login(repository("team/app")));
        assertThat(failure).isInstanceOf(NoLogin.class);
        return failure.getMessage();
    }

    void refuse(Login login) {
        source.refused(repository("team/app"), login);
    }

    void pass(Duration time) {
        machine.pass(time);
    }

    static Login password(String user, String password) {
        return new Login.Password(user, new Secret(password));
    }

    static Login identity(String token) {
        return new Login.Identity(new Secret(token));
    }

    @Override
    public void close() {
        source.close();
        machine.close();
    }
}
