package io.entrepot.loadtest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Google's: the metadata server, and the token endpoint ({@code /token}) for what is signed with a service account's key. */
public final class GoogleLogins {

    private static final String ACCOUNTS = "/computeMetadata/v1/instance/service-accounts/";

    private final AtomicInteger count = new AtomicInteger();
    private final Set<String> given = ConcurrentHashMap.newKeySet();
    private volatile KeyPair keys = generated();
    private volatile Duration lifetime = Duration.ofHours(1);

    GoogleLogins() {}

    void lifetime(Duration each) {
        lifetime = each;
    }

    /** A new key of the account; the one before it is none any more. Its file, for an endpoint at this address. */
    public String keyFile(URI endpoint) {
        keys = generated();
        String pem = "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(keys.getPrivate().getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
        return Json.object()
                .put("type", "service_account")
                .put("client_email", "mirror@project.iam.gserviceaccount.com")
                .put("private_key_id", "key-1")
                .put("private_key", pem)
                .put("token_uri", endpoint.toString())
                .toString();
    }

    /** Whether an access token was given out. */
    public boolean isGiven(String token) {
        return given.contains(token);
    }

    private static KeyPair generated() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    Optional<Reply> answer(Request request, URI self) {
        if (request.path().startsWith(ACCOUNTS) && request.path().endsWith("/token")) {
            return Optional.of(
                    request.headers().first("Metadata-Flavor").orElse("").equals("Google")
                            ? granted()
                            : Reply.text(403, "text/html", "Missing required header \"Metadata-Flavor\": \"Google\""));
        }
        return request.path().equals("/token") ? Optional.of(forAssertion(request, self)) : Optional.empty();
    }

    private Reply granted() {
        String token = "ya29.token-" + count.incrementAndGet();
        given.add(token);
        return Reply.json(
                200,
                Json.object()
                        .put("access_token", token)
                        .put("expires_in", lifetime.toSeconds())
                        .put("token_type", "Bearer"));
    }

    private Reply forAssertion(Request request, URI self) {
        boolean asked = request.formFields("grant_type").contains("urn:ietf:params:oauth:grant-type:jwt-bearer");
        String jwt = request.formFields("assertion").stream().findFirst().orElse("");
        ObjectNode refusal = Json.object().put("error", "invalid_grant").put("error_description", "with " + jwt);
        return asked && isSound(jwt.split("\\.", -1), self) ? granted() : Reply.json(400, refusal);
    }

    private boolean isSound(String[] jwt, URI self) {
        if (jwt.length != 3) {
            return false;
        }
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initVerify(keys.getPublic());
            signature.update((jwt[0] + "." + jwt[1]).getBytes(StandardCharsets.US_ASCII));
            JsonNode claims = Json.parse(Base64.getUrlDecoder().decode(jwt[1])).orElseThrow();
            long now = Instant.now().getEpochSecond();
            return signature.verify(Base64.getUrlDecoder().decode(jwt[2]))
                    && claims.path("iss").asText().equals("mirror@project.iam.gserviceaccount.com")
                    && claims.path("aud").asText().equals(self + "/token")
                    && !claims.path("scope").asText().isEmpty()
                    && claims.path("iat").asLong() <= now
                    && claims.path("exp").asLong() > now
                    && claims.path("exp").asLong() <= now + 3_600;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
