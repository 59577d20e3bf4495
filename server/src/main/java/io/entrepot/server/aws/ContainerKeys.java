package io.entrepot.server.aws;

import io.entrepot.server.net.HttpAnswer;
import io.entrepot.server.net.HttpCall;
import io.entrepot.server.net.Lease;
import io.entrepot.server.net.Machine;
import io.entrepot.server.net.SmallFile;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Keys from the endpoint that the environment names: a path on the agent's address (ECS), or a whole address with the name
 * of a token's file (EKS Pod Identity). The token is read for each request, since it changes.
 */
final class ContainerKeys implements KeySource {

    private static final String RELATIVE = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
    private static final String FULL = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
    private static final String TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
    private static final String TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";

    private static final String ECS = "http://169.254.170.2";

    /** The addresses that Amazon's own clients take beside loopback ones. */
    private static final Set<String> AGENTS = Set.of("169.254.170.2", "169.254.170.23", "[fd00:ec2::23]");

    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "[::1]");
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int LARGEST = 64 * 1024;

    private final Machine machine;
    private final @Nullable LocalService service;

    /** @throws IllegalArgumentException if the environment names an endpoint at an address that none has */
    ContainerKeys(Machine machine) {
        this.machine = machine;
        this.service = isMeant() ? LocalService.at(checked(address()), PATIENCE, machine.clients()) : null;
    }

    @Override
    public boolean isMeant() {
        return !machine.variable(RELATIVE).isEmpty() || !machine.variable(FULL).isEmpty();
    }

    private String address() {
        String path = machine.variable(RELATIVE);
        return path.isEmpty() ? machine.variable(FULL) : ECS + path;
    }

    private static String checked(String address) {
        String host = Optional.ofNullable(URI.create(address).getHost()).orElse("");
        if (!AGENTS.contains(host) && !LOOPBACK.contains(host)) {
            throw new IllegalArgumentException(
                    FULL + ": host " + host + " (expected: " + String.join(", ", AGENTS) + " or a loopback address)");
        }
        return address;
    }

    @Override
    public CompletableFuture<Optional<Lease<AwsKeys>>> fetch() {
        LocalService agent = service;
        if (agent == null) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        String who = "the container's endpoint " + agent.address().getHost();
        return token().thenApply(token -> token.isEmpty() ? Map.<String, String>of() : Map.of("Authorization", token))
                .thenCompose(headers -> HttpAnswer.of(agent.client(), HttpCall.get(agent.address(), headers), LARGEST))
                .thenApply(answer -> Optional.of(KeysJson.parse(answer, who, machine.clock())));
    }

    private CompletableFuture<String> token() {
        String file = machine.variable(TOKEN_FILE);
        return file.isEmpty()
                ? CompletableFuture.completedFuture(machine.variable(TOKEN))
                : SmallFile.text(Path.of(file), machine.blocking()).thenApply(String::strip);
    }

    @Override
    public String expected() {
        return RELATIVE + " or " + FULL;
    }

    @Override
    public void close() {
        if (service != null) {
            service.client().close();
        }
    }
}
