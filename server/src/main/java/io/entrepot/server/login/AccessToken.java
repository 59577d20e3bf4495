package io.entrepot.server.login;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.entrepot.config.Secret;
import io.entrepot.server.net.HttpAnswer;
import io.entrepot.server.net.Lease;
import java.io.IOException;
import java.time.Duration;

/** What token endpoints of OAuth2 give (RFC 6749, 5.1): {@code {"access_token": …, "expires_in": 3599}}. */
record AccessToken(Secret token) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long UNSAID_SECONDS = 60;
    private static final long LONGEST_SECONDS = 86_400;

    /** @throws NoLogin if it is no such answer; of a refusal the error code is told (RFC 6749, 5.2), and nothing else */
    static Lease<AccessToken> parse(HttpAnswer answer, String who) {
        try {
            JsonNode json = JSON.readTree(answer.body());
            if (answer.status() != 200) {
                throw new NoLogin(who + " answered " + answer.status() + code(json) + " (expected: 200)");
            }
            String token = json.path("access_token").asText("");
            if (!isToken(token)) {
                throw new NoLogin(who + " gave no access_token");
            }
            long seconds = json.path("expires_in").asLong(UNSAID_SECONDS);
            return new Lease<>(
                    new AccessToken(new Secret(token)),
                    Duration.ofSeconds(Math.max(1, Math.min(seconds, LONGEST_SECONDS))));
        } catch (IOException e) {
            throw new NoLogin(who + " answered " + answer.status() + " with something that is not JSON");
        }
    }

    private static String code(JsonNode json) {
        String code = json.path("error").asText("");
        return code.matches("[a-z_]{1,64}") ? " " + code : "";
    }

    /** Whether it can be sent. */
    static boolean isToken(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }

    /** As Google's registries take it. */
    Login asGoogleLogin() {
        return new Login.Password("oauth2accesstoken", token);
    }
}
