package io.entrepot.server.login;

import io.entrepot.oci.Repository;
import io.entrepot.server.net.Lease;
import io.entrepot.server.net.Machine;
import io.entrepot.server.net.Renewed;
import io.entrepot.server.net.SmallFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** A login from a Docker {@code config.json}, which is read again while it is used, or from the helper that it names. */
final class DockerConfigLogin implements LoginSource {

    private final Path file;
    private final Target target;
    private final Machine machine;
    private final List<String> hosts;
    private final Renewed<DockerConfig> config;

    /** By their names, of which a file has few. */
    private final Map<String, HelperLogin> helpers = new ConcurrentHashMap<>();

    DockerConfigLogin(Path file, Target target, Machine machine) {
        this.file = file;
        this.target = target;
        this.machine = machine;
        this.hosts = target.dockerHosts();
        this.config = new Renewed<>(this::read, machine.ticker());
    }

    private CompletableFuture<Lease<DockerConfig>> read() {
        return SmallFile.text(file, machine.blocking())
                .thenApply(text -> new Lease<>(parsed(text), FileLogin.SEEN_AFTER));
    }

    private DockerConfig parsed(String text) {
        try {
            return DockerConfig.parse(text);
        } catch (NoLogin e) {
            throw new NoLogin(file + ": " + e.getMessage());
        }
    }

    @Override
    public CompletableFuture<Login> login(Repository repository) {
        return config.get()
                .thenCompose(read -> login(read, repository))
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(NoLogin.of(failure)));
    }

    private CompletableFuture<Login> login(DockerConfig read, Repository repository) {
        Login written = read.login(hosts, repository.path());
        return read.helper(hosts)
                .map(name -> helper(name)
                        .login(repository)
                        .thenApply(login -> login instanceof Login.Nobody ? written : login))
                .orElseGet(() -> CompletableFuture.completedFuture(written));
    }

    private HelperLogin helper(String name) {
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
            throw new NoLogin(file + ": a helper whose name is none (expected: NAME for docker-credential-NAME)");
        }
        return helpers.computeIfAbsent(name, each -> new HelperLogin(each, target.dockerKey(), machine));
    }

    @Override
    public void refused(Repository repository, Login login) {
        // the file is read again soon in any case
        helpers.values().forEach(helper -> helper.refused(repository, login));
    }
}
