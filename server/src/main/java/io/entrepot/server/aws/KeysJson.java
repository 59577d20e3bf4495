package io.entrepot.server.aws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.entrepot.config.Secret;
import io.entrepot.server.net.HttpAnswer;
import io.entrepot.server.net.Lease;
import java.io.IOException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Keys as the metadata services give them: {@code {"AccessKeyId": …, "SecretAccessKey": …, "Token": …, "Expiration": "2026-01-02T03:04:05Z"}}. */
final class KeysJson {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Keys whose end is past are given out while their service is ill, and are honoured then: better than none. */
    private static final Duration SHORTEST = Duration.ofMinutes(1);

    private KeysJson() {}

    /** @throws NoAwsKeys if it is no such answer; {@code who} is named in the message */
    static Lease<AwsKeys> parse(HttpAnswer answer, String who, Clock clock) {
        if (answer.status() != 200) {
            throw new NoAwsKeys(who + " answered " + answer.status() + " (expected: 200 with keys)");
        }
        try {
            JsonNode json = JSON.readTree(answer.body());
            return new Lease<>(
                    keys(json, "Token"), lifetime(json.path("Expiration").asText(""), clock.instant()));
        } catch (IllegalArgumentException e) {
            throw new NoAwsKeys(who + " gave no keys (expected: AccessKeyId and SecretAccessKey)");
        } catch (IOException | DateTimeException e) {
            throw new NoAwsKeys(
                    who + " gave something else than keys (expected: JSON with AccessKeyId and Expiration)");
        }
    }

    /** @throws IllegalArgumentException if there is no id, or no secret */
    static AwsKeys keys(JsonNode json, String tokenName) {
        String id = json.path("AccessKeyId").asText("");
        String secret = json.path("SecretAccessKey").asText("");
        if (id.isEmpty() || secret.isEmpty()) {
            throw new IllegalArgumentException("no keys");
        }
        Optional<Secret> token = Optional.of(json.path(tokenName).asText(""))
                .filter(text -> !text.isEmpty())
                .map(Secret::new);
        return new AwsKeys(id, new Secret(secret), token);
    }

    /** From now to the instant that a text says; what says none is asked for again soon. */
    static Duration lifetime(String end, Instant now) {
        Duration left = end.isEmpty() ? SHORTEST : Duration.between(now, Instant.parse(end));
        return left.compareTo(SHORTEST) < 0 ? SHORTEST : left;
    }
}
