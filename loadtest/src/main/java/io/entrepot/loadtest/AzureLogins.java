package io.entrepot.loadtest;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Azure's: the metadata service of a machine with an identity, and Entra ID for tenant {@code tenant-1} with client
 * {@code client-1}. Their access tokens are {@code entra-1}, {@code entra-2} and so on.
 */
public final class AzureLogins {

    private static final String RESOURCE = "https://containerregistry.azure.net/";

    private final AtomicInteger count = new AtomicInteger();
    private final Map<String, String> proofs = new ConcurrentHashMap<>();
    private volatile Duration lifetime = Duration.ofHours(1);

    AzureLogins() {}

    void lifetime(Duration each) {
        lifetime = each;
    }

    /** What the client proves itself with: {@code client_secret} or {@code client_assertion}. */
    public void proof(String field, String value) {
        proofs.put(field, value);
    }

    Optional<Reply> answer(Request request) {
        return switch (request.path()) {
            case "/metadata/identity/oauth2/token" -> Optional.of(machine(request));
            case "/tenant-1/oauth2/v2.0/token" -> Optional.of(principal(request));
            default -> Optional.empty();
        };
    }

    private Reply machine(Request request) {
        boolean asked = request.headers().first("Metadata").orElse("").equals("true")
                && request.parameter("api-version").isPresent()
                && request.parameter("resource").orElse("").equals(RESOURCE);
        return asked ? granted(true) : refused("invalid_request");
    }

    private Reply principal(Request request) {
        boolean asked = request.formFields("grant_type").contains("client_credentials")
                && request.formFields("scope").contains(RESOURCE + ".default");
        if (!asked) {
            return refused("invalid_request");
        }
        boolean typed = request.formFields("client_assertion").isEmpty()
                || request.formFields("client_assertion_type")
                        .contains("urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
        boolean known = request.formFields("client_id").contains("client-1")
                && proofs.entrySet().stream()
                        .anyMatch(proof -> request.formFields(proof.getKey()).contains(proof.getValue()));
        return known && typed ? granted(false) : refused("invalid_client");
    }

    /** The metadata service writes numbers as text. */
    private Reply granted(boolean asText) {
        String token = "entra-" + count.incrementAndGet();
        return Reply.json(
                200,
                asText
                        ? Json.object().put("access_token", token).put("expires_in", "" + lifetime.toSeconds())
                        : Json.object().put("access_token", token).put("expires_in", lifetime.toSeconds()));
    }

    private static Reply refused(String code) {
        return Reply.json(400, Json.object().put("error", code).put("error_description", "AADSTS: something long"));
    }
}
