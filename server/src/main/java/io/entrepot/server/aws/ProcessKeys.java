package io.entrepot.server.aws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.entrepot.server.net.Lease;
import io.entrepot.server.net.Machine;
import io.entrepot.server.net.NoProgram;
import io.entrepot.server.net.Program;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Keys that a program says, which the {@code credential_process} of a profile names. It is run without a shell, and writes
 *
 * <pre>
 *   { "Version": 1, "AccessKeyId": …, "SecretAccessKey": …, "SessionToken": …, "Expiration": "2026-01-02T03:04:05Z" }
 * </pre>
 *
 * <p>the last two of them if the keys are temporary. What says no end is asked for again every five minutes.
 */
final class ProcessKeys {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration KEPT = Duration.ofMinutes(5);

    private final String profile;
    private final List<String> command;
    private final Program program;
    private final Machine machine;

    /** @throws NoAwsKeys if the command cannot be read */
    ProcessKeys(String profile, String command, Machine machine) {
        this.profile = profile;
        this.machine = machine;
        try {
            this.command = CommandLine.words(command);
        } catch (IllegalArgumentException e) {
            throw new NoAwsKeys("credential_process of profile " + profile + ": " + e.getMessage());
        }
        this.program = new Program(this.command, machine.variable("PATH"), PATIENCE);
    }

    CompletableFuture<Lease<AwsKeys>> fetch() {
        return program.run(new byte[0])
                .thenApply(this::parse)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(told(failure)));
    }

    private Throwable told(Throwable failure) {
        return failure.getCause() instanceof NoProgram why ? wrong(String.valueOf(why.getMessage())) : failure;
    }

    private NoAwsKeys wrong(String why) {
        return new NoAwsKeys("credential_process of profile " + profile + ": " + why);
    }

    private Lease<AwsKeys> parse(Program.Result result) {
        if (result.exit() != 0) {
            throw wrong(command.get(0) + " ended with " + result.exit() + " (expected: 0)");
        }
        try {
            JsonNode json = JSON.readTree(result.output());
            AwsKeys keys = KeysJson.keys(json, "SessionToken");
            String end = json.path("Expiration").asText("");
            return new Lease<>(keys, end.isEmpty() ? KEPT : left(Instant.parse(end)));
        } catch (IOException | DateTimeException | IllegalArgumentException e) {
            throw wrong(command.get(0) + " wrote something else than keys (expected: JSON with AccessKeyId,"
                    + " SecretAccessKey and an Expiration to come)");
        }
    }

    private Duration left(Instant end) {
        Duration left = Duration.between(machine.clock().instant(), end);
        if (left.isNegative() || left.isZero()) {
            throw new IllegalArgumentException("ended: " + end);
        }
        return left;
    }
}
