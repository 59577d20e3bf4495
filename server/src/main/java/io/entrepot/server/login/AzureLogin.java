package io.entrepot.server.login;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.entrepot.config.AzureIdentity;
import io.entrepot.config.Secret;
import io.entrepot.server.net.Form;
import io.entrepot.server.net.HttpAnswer;
import io.entrepot.server.net.HttpCall;
import io.entrepot.server.net.HttpClient;
import io.entrepot.server.net.Lease;
import io.entrepot.server.net.Machine;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A refresh token of an Azure registry: a token of Entra ID is exchanged for it at the registry ({@code /oauth2/exchange}).
 * The token flow of the registry changes it into access tokens as it does with any identity token.
 */
final class AzureLogin {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LARGEST = 64 * 1024;

    /** Where a refresh token does not say its end. */
    private static final Duration UNSAID = Duration.ofMinutes(30);

    private final EntraToken entra;
    private final Target target;
    private final Machine machine;
    private final HttpClient client;

    private AzureLogin(EntraToken entra, Target target, Machine machine, HttpClient client) {
        this.entra = entra;
        this.target = target;
        this.machine = machine;
        this.client = client;
    }

    /** @throws IllegalArgumentException if the machine does not say what the configuration leaves to it */
    static LoginSource open(AzureIdentity identity, Target target, Machine machine) {
        EntraToken entra = EntraToken.open(identity, target.egress(), machine);
        HttpClient client = machine.clients().to(target.egress());
        return new RenewedLogin(new AzureLogin(entra, target, machine, client)::ask, machine, () -> {
            client.close();
            entra.close();
        });
    }

    private CompletableFuture<Lease<Login>> ask() {
        return entra.fetch()
                .thenCompose(
                        token -> HttpAnswer.of(client, exchange(token.value().token()), LARGEST))
                .thenApply(this::parse);
    }

    private HttpCall exchange(Secret token) {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", "access_token");
        form.put("service", target.registry().name());
        form.put("access_token", token.reveal());
        if (!entra.tenant().isEmpty()) {
            form.put("tenant", entra.tenant());
        }
        URI url = target.url();
        return Form.post(url.resolve("/oauth2/exchange"), form);
    }

    private Lease<Login> parse(HttpAnswer answer) {
        String who = target.registry() + "'s token exchange";
        if (answer.status() != 200) {
            throw new NoLogin(who + " answered " + answer.status() + " (expected: 200 with a refresh token)");
        }
        try {
            String token = JSON.readTree(answer.body()).path("refresh_token").asText("");
            if (!AccessToken.isToken(token)) {
                throw new NoLogin(who + " gave no refresh_token");
            }
            return new Lease<>(new Login.Identity(new Secret(token)), lifetime(token));
        } catch (IOException e) {
            throw new NoLogin(who + " answered with something that is not JSON");
        }
    }

    /** To the end that the claims of the token say. It is ours to show, not to trust: nothing is verified. */
    private Duration lifetime(String token) {
        String[] parts = token.split("\\.", -1);
        try {
            JsonNode claims = JSON.readTree(new String(
                    Base64.getUrlDecoder().decode(parts.length > 1 ? parts[1] : ""), StandardCharsets.UTF_8));
            long left = claims.path("exp").asLong(0) - machine.clock().instant().getEpochSecond();
            return left > 0 ? Duration.ofSeconds(left) : UNSAID;
        } catch (IOException | IllegalArgumentException e) {
            return UNSAID;
        }
    }
}
