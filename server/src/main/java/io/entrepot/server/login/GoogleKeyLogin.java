package io.entrepot.server.login;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.entrepot.server.net.Egress;
import io.entrepot.server.net.Form;
import io.entrepot.server.net.HttpAnswer;
import io.entrepot.server.net.HttpCall;
import io.entrepot.server.net.HttpClient;
import io.entrepot.server.net.Lease;
import io.entrepot.server.net.Machine;
import io.entrepot.server.net.SmallFile;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Access tokens for the key of a Google service account: a JWT that is signed with it is exchanged at the token endpoint
 * (RFC 7523). The file, {@code {"client_email": …, "private_key_id": …, "private_key": "-----BEGIN PRIVATE KEY-----…",
 * "token_uri": "https://oauth2.googleapis.com/token"}}, is read for each token.
 */
final class GoogleKeyLogin {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String WHO = "Google's token endpoint";
    private static final String SCOPE = "https://www.googleapis.com/auth/cloud-platform";
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration CLAIMED = Duration.ofHours(1);
    private static final int LARGEST = 64 * 1024;

    private final Path file;
    private final Machine machine;
    private final HttpClient client;

    private GoogleKeyLogin(Path file, Machine machine, HttpClient client) {
        this.file = file;
        this.machine = machine;
        this.client = client;
    }

    static LoginSource open(Path file, Target target, Machine machine) {
        HttpClient client =
                machine.clients().to(Egress.toVendor(PATIENCE, target.egress().proxy()));
        return new RenewedLogin(new GoogleKeyLogin(file, machine, client)::ask, machine, client::close);
    }

    private CompletableFuture<Lease<Login>> ask() {
        return SmallFile.text(file, machine.blocking())
                .thenApply(this::call)
                .thenCompose(call -> HttpAnswer.of(client, call, LARGEST))
                .thenApply(answer -> AccessToken.parse(answer, WHO))
                .thenApply(token -> token.map(AccessToken::asGoogleLogin));
    }

    private HttpCall call(String text) {
        try {
            JsonNode key = JSON.readTree(text);
            URI endpoint = endpoint(key.path("token_uri").asText("https://oauth2.googleapis.com/token"));
            Map<String, String> form = new LinkedHashMap<>();
            form.put("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
            form.put("assertion", assertion(key, endpoint, machine.clock().instant()));
            return Form.post(endpoint, form);
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new NoLogin(file + ": no key of a service account (expected: JSON with client_email, private_key"
                    + " and an https token_uri)");
        }
    }

    /** By https; by plain HTTP only to this machine. */
    private static URI endpoint(String text) {
        URI uri = URI.create(text);
        boolean here = "127.0.0.1".equals(uri.getHost());
        if (!"https".equals(uri.getScheme()) && !("http".equals(uri.getScheme()) && here)) {
            throw new IllegalArgumentException("token_uri: not https");
        }
        return uri;
    }

    private static String assertion(JsonNode key, URI endpoint, Instant now) throws GeneralSecurityException {
        String email = key.path("client_email").asText("");
        if (email.isEmpty()) {
            throw new IllegalArgumentException("client_email: none");
        }
        String header = JSON.createObjectNode()
                .put("alg", "RS256")
                .put("typ", "JWT")
                .put("kid", key.path("private_key_id").asText(""))
                .toString();
        String claims = JSON.createObjectNode()
                .put("iss", email)
                .put("scope", SCOPE)
                .put("aud", endpoint.toString())
                .put("iat", now.getEpochSecond())
                .put("exp", now.plus(CLAIMED).getEpochSecond())
                .toString();
        String signed = encoded(utf8(header)) + "." + encoded(utf8(claims));
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(privateKey(key.path("private_key").asText("")));
        signature.update(utf8(signed));
        return signed + "." + encoded(signature.sign());
    }

    private static PrivateKey privateKey(String pem) throws GeneralSecurityException {
        String base64 = pem.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
        return KeyFactory.getInstance("RSA")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)));
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
