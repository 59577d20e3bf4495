package io.entrepot.server.login;

import io.entrepot.server.net.HttpAnswer;
import io.entrepot.server.net.HttpCall;
import io.entrepot.server.net.HttpClient;
import io.entrepot.server.net.Lease;
import io.entrepot.server.net.Machine;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Access tokens of a service account from Google's metadata server, which a cluster's workload identity answers for, too. */
final class GoogleMetadataLogin {

    private static final String ADDRESS = "169.254.169.254";
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int LARGEST = 64 * 1024;

    private final HttpClient client;
    private final URI uri;

    private GoogleMetadataLogin(String authority, String account, HttpClient client) {
        this.client = client;
        this.uri = URI.create(
                "http://" + authority + "/computeMetadata/v1/instance/service-accounts/" + account + "/token");
    }

    /** {@code GCE_METADATA_HOST} is another address of it, as Google's own clients have it. */
    static LoginSource open(String account, Machine machine) {
        String named = machine.variable("GCE_METADATA_HOST");
        String authority = named.isEmpty() ? ADDRESS : named;
        String host = URI.create("http://" + authority).getHost();
        HttpClient client = machine.clients().only(Set.of(host == null ? authority : host), PATIENCE);
        return new RenewedLogin(new GoogleMetadataLogin(authority, account, client)::ask, machine, client::close);
    }

    private CompletableFuture<Lease<Login>> ask() {
        return HttpAnswer.of(client, HttpCall.get(uri, Map.of("Metadata-Flavor", "Google")), LARGEST)
                .thenApply(answer -> AccessToken.parse(answer, "Google's metadata server"))
                .thenApply(token -> token.map(AccessToken::asGoogleLogin));
    }
}
