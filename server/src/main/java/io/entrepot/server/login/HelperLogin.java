package io.entrepot.server.login;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.entrepot.config.Secret;
import io.entrepot.oci.Repository;
import io.entrepot.server.net.Lease;
import io.entrepot.server.net.Machine;
import io.entrepot.server.net.Program;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/**
 * A login from a program that speaks the protocol of {@code docker-credential-*}: with the argument {@code get} and the
 * registry on its standard input it writes {@code {"Username": …, "Secret": …}}; the user {@code <token>} means that the
 * secret is an identity token. It says no end, so it is run again every few minutes, and when what it said was refused.
 */
final class HelperLogin implements LoginSource {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration KEPT = Duration.ofMinutes(5);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String NOT_FOUND = "credentials not found";

    private final Program program;
    private final String name;
    private final String key;
    private final RenewedLogin login;

    /** @param program {@code NAME} for {@code docker-credential-NAME} in PATH, or the path of one */
    HelperLogin(String program, String key, Machine machine) {
        this.name = program.startsWith("/") ? program : "docker-credential-" + program;
        this.key = key;
        this.program = new Program(List.of(name, "get"), machine.variable("PATH"), PATIENCE);
        this.login = new RenewedLogin(this::ask, machine, () -> {});
    }

    private CompletableFuture<Lease<Login>> ask() {
        return program.run(key.getBytes(StandardCharsets.UTF_8)).thenApply(result -> new Lease<>(parse(result), KEPT));
    }

    private Login parse(Program.Result result) {
        if (result.exit() != 0) {
            String said = new String(result.output(), StandardCharsets.UTF_8).toLowerCase(Locale.ROOT);
            if (said.contains(NOT_FOUND)) {
                return new Login.Nobody();
            }
            throw new NoLogin(name + ": ended with " + result.exit() + " (expected: 0)");
        }
        try {
            JsonNode json = JSON.readTree(result.output());
            String user = json.path("Username").asText("");
            String secret = json.path("Secret").asText("");
            if (secret.isEmpty()) {
                throw new NoLogin(name + ": said nothing that logs in (expected: Username and Secret)");
            }
            return user.isEmpty() || user.equals("<token>")
                    ? new Login.Identity(new Secret(secret))
                    : new Login.Password(user, new Secret(secret));
        } catch (IOException e) {
            throw new NoLogin(name + ": wrote something that is not JSON (expected: {\"Username\": …, \"Secret\": …})");
        }
    }

    /** Nobody, where the program knows none. */
    @Override
    public CompletableFuture<Login> login(Repository repository) {
        return login.login(repository);
    }

    @Override
    public void refused(Repository repository, Login refused) {
        login.refused(repository, refused);
    }
}
