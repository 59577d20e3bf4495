package io.entrepot.server.login;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.entrepot.oci.Repository;
import io.entrepot.server.net.Lease;
import io.entrepot.server.net.Machine;
import io.entrepot.server.net.Program;
import io.entrepot.server.net.Renewed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A login from a program that speaks the protocol of the kubelet's image credential providers, as those of the clouds do. It
 * gets on its standard input, and writes to its standard output:
 *
 * <pre>
 *   { "apiVersion": "credentialprovider.kubelet.k8s.io/v1", "kind": "CredentialProviderRequest",
 *     "image": "registry.example/team/app" }
 *
 *   { "apiVersion": "credentialprovider.kubelet.k8s.io/v1", "kind": "CredentialProviderResponse",
 *     "cacheKeyType": "Registry", "cacheDuration": "6h0m0s",
 *     "auth": { "registry.example": { "username": …, "password": … } } }
 * </pre>
 *
 * <p>What is said with {@code cacheKeyType: Image} holds for that repository alone, else for the registry; for
 * {@code cacheDuration}, and a minute if that is missing.
 */
final class ProviderLogin implements LoginSource {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration UNSAID = Duration.ofMinutes(1);
    private static final int MOST = 1_000;

    private static final String API = "credentialprovider.kubelet.k8s.io/v1";
    private static final Pattern PART = Pattern.compile("([0-9]{1,9})(?:\\.[0-9]+)?(h|ms|m|s)");

    private final Program program;
    private final String name;
    private final Target target;
    private final Machine machine;
    private final Renewed<Answer> shared;
    private final Cache<String, Renewed<Answer>> own =
            Caffeine.newBuilder().maximumSize(MOST).executor(Runnable::run).build();

    /** The image that the program is asked for next, if what it says may hold for all. */
    private volatile String image;

    ProviderLogin(List<String> command, Target target, Machine machine) {
        this.program = new Program(command, machine.variable("PATH"), PATIENCE);
        this.name = command.get(0);
        this.target = target;
        this.machine = machine;
        this.image = target.registry().name();
        this.shared = new Renewed<>(() -> ask(image), machine.ticker());
    }

    /** What the program said, and whether it holds for this image alone. */
    private record Answer(String image, boolean alone, DockerConfig said) {

        boolean holdsFor(String other) {
            return !alone || image.equals(other);
        }
    }

    @Override
    public CompletableFuture<Login> login(Repository repository) {
        String wanted = target.registry().name() + "/" + repository.path();
        image = wanted;
        return shared.get()
                .thenCompose(answer -> answer.holdsFor(wanted)
                        ? CompletableFuture.completedFuture(answer)
                        : own(wanted).get())
                .thenApply(answer -> answer.said().login(target.dockerHosts(), repository.path()))
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(NoLogin.of(failure)));
    }

    private Renewed<Answer> own(String wanted) {
        return own.asMap().computeIfAbsent(wanted, each -> new Renewed<>(() -> ask(each), machine.ticker()));
    }

    @Override
    public void refused(Repository repository, Login login) {
        String wanted = target.registry().name() + "/" + repository.path();
        own(wanted).refuse(answer -> saysSo(answer, repository, login));
        shared.refuse(answer -> saysSo(answer, repository, login));
    }

    private boolean saysSo(Answer answer, Repository repository, Login login) {
        return answer.said().login(target.dockerHosts(), repository.path()).equals(login);
    }

    private CompletableFuture<Lease<Answer>> ask(String wanted) {
        ObjectNode request = JSON.createObjectNode()
                .put("apiVersion", API)
                .put("kind", "CredentialProviderRequest")
                .put("image", wanted);
        return program.run(request.toString().getBytes(StandardCharsets.UTF_8))
                .thenApply(result -> parse(result, wanted));
    }

    private Lease<Answer> parse(Program.Result result, String wanted) {
        if (result.exit() != 0) {
            throw new NoLogin(name + ": ended with " + result.exit() + " (expected: 0)");
        }
        try {
            JsonNode json = JSON.readTree(result.output());
            if (!json.path("kind").asText("").equals("CredentialProviderResponse")) {
                throw new NoLogin(name + ": wrote something else than a CredentialProviderResponse");
            }
            boolean alone = json.path("cacheKeyType").asText("Image").equals("Image");
            return new Lease<>(
                    new Answer(wanted, alone, DockerConfig.of(json.path("auth"))),
                    lifetime(json.path("cacheDuration").asText("")));
        } catch (IOException e) {
            throw new NoLogin(name + ": wrote something that is not JSON (expected: a CredentialProviderResponse)");
        }
    }

    /** As Go writes a duration: {@code 1h30m0s}; zero and what cannot be read are not kept long. */
    static Duration lifetime(String text) {
        Matcher part = PART.matcher(text);
        Duration sum = Duration.ZERO;
        while (part.lookingAt()) {
            long amount = Long.parseLong(part.group(1));
            sum = sum.plus(
                    switch (part.group(2)) {
                        case "h" -> Duration.ofHours(amount);
                        case "m" -> Duration.ofMinutes(amount);
                        case "s" -> Duration.ofSeconds(amount);
                        default -> Duration.ofMillis(amount);
                    });
            part.region(part.end(), text.length());
        }
        return sum.isZero() || part.regionStart() != text.length() ? UNSAID : sum;
    }
}
