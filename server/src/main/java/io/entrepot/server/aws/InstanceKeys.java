package io.entrepot.server.aws;

import io.entrepot.server.net.HttpAnswer;
import io.entrepot.server.net.HttpCall;
import io.entrepot.server.net.Lease;
import io.entrepot.server.net.Machine;
import io.entrepot.server.net.NetException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Keys of the role of an EC2 instance, from its metadata service, version 2: a PUT for a session token, which is a header
 * of the two GETs for the name of the role and its keys.
 */
final class InstanceKeys implements KeySource {

    private static final String WHO = "the metadata service of the instance";
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int LARGEST = 64 * 1024;
    private static final String PATH = "/latest/meta-data/iam/security-credentials/";

    private final Machine machine;
    private final LocalService service;

    InstanceKeys(Machine machine) {
        String named = machine.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT");
        this.machine = machine;
        this.service = LocalService.at(named.isEmpty() ? "http://169.254.169.254" : named, PATIENCE, machine.clients());
    }

    @Override
    public boolean isMeant() {
        return !machine.variable("AWS_EC2_METADATA_DISABLED").equalsIgnoreCase("true");
    }

    @Override
    public CompletableFuture<Optional<Lease<AwsKeys>>> fetch() {
        HttpCall session = new HttpCall(
                HttpCall.Method.PUT,
                service.uri("/latest/api/token"),
                Map.of("X-aws-ec2-metadata-token-ttl-seconds", "60"),
                new byte[0]);
        return ask(session)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(unreachable(failure)))
                .thenApply(answer -> text(answer, "a session token"))
                .thenCompose(token -> keys(Map.of("X-aws-ec2-metadata-token", token)))
                .thenApply(Optional::of);
    }

    private static Throwable unreachable(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof NetException net && net.kind() == NetException.Kind.TIMEOUT
                ? new NoAwsKeys(WHO + " did not answer (in a container it does if the instance's hop limit is 2)")
                : failure;
    }

    private CompletableFuture<Lease<AwsKeys>> keys(Map<String, String> session) {
        return ask(HttpCall.get(service.uri(PATH), session))
                .thenApply(answer -> text(answer, "the name of a role"))
                .thenCompose(role -> ask(HttpCall.get(service.uri(PATH + role), session)))
                .thenApply(answer -> KeysJson.parse(answer, WHO, machine.clock()));
    }

    private CompletableFuture<HttpAnswer> ask(HttpCall call) {
        return HttpAnswer.of(service.client(), call, LARGEST);
    }

    /** The first line of an answer: it becomes a header, or a segment of a path. */
    private static String text(HttpAnswer answer, String what) {
        String line =
                new String(answer.body(), StandardCharsets.US_ASCII).strip().split("\\R", 2)[0];
        if (answer.status() != 200 || !line.matches("[!-~]{1,4096}")) {
            throw new NoAwsKeys(WHO + " answered " + answer.status() + " without " + what + " (expected: 200 with it)");
        }
        return line;
    }

    @Override
    public String expected() {
        return "a role of the instance";
    }

    @Override
    public void close() {
        service.client().close();
    }
}
