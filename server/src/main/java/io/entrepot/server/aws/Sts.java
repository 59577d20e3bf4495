package io.entrepot.server.aws;

import io.entrepot.config.HttpProxy;
import io.entrepot.server.net.Egress;
import io.entrepot.server.net.Form;
import io.entrepot.server.net.HttpAnswer;
import io.entrepot.server.net.HttpCall;
import io.entrepot.server.net.HttpClient;
import io.entrepot.server.net.Lease;
import io.entrepot.server.net.Machine;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The token service of a region, which gives out keys of roles. */
final class Sts implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int LARGEST = 64 * 1024;

    private final AwsRegion region;
    private final Machine machine;
    private final URI uri;
    private final HttpClient client;

    /** @param proxy of the upstream that somebody logs in to by these keys */
    Sts(AwsRegion region, Optional<HttpProxy> proxy, Machine machine) {
        String named = machine.variable("AWS_ENDPOINT_URL_STS");
        this.region = region;
        this.machine = machine;
        this.uri = URI.create((named.isEmpty() ? "https://" + region.host("sts") : named) + "/");
        this.client = machine.clients().to(Egress.toVendor(PATIENCE, proxy));
    }

    /** Keys of a role for a token of whoever may assume it; such a request is not signed. */
    CompletableFuture<Lease<AwsKeys>> assume(String role, String session, String token) {
        Map<String, String> form = form("AssumeRoleWithWebIdentity", role, session);
        form.put("WebIdentityToken", token);
        return keys(Form.post(uri, form));
    }

    /**
     * Keys of a role for the keys of whoever may assume it.
     *
     * @param more fields of the request beside these
     */
    CompletableFuture<Lease<AwsKeys>> assume(String role, String session, Map<String, String> more, AwsKeys by) {
        Map<String, String> form = form("AssumeRole", role, session);
        form.putAll(more);
        return keys(SigV4.of("sts", region.name())
                .sign(Form.post(uri, form), by, machine.clock().instant()));
    }

    private Map<String, String> form(String action, String role, String session) {
        String ours = session.isEmpty() ? machine.variable("AWS_ROLE_SESSION_NAME") : session;
        Map<String, String> form = new LinkedHashMap<>();
        form.put("Action", action);
        form.put("Version", "2011-06-15");
        form.put("RoleArn", role);
        form.put("RoleSessionName", ours.isEmpty() ? "entrepot" : ours);
        return form;
    }

    private CompletableFuture<Lease<AwsKeys>> keys(HttpCall call) {
        return HttpAnswer.of(client, call, LARGEST).thenApply(answer -> StsAnswer.keys(answer, machine.clock()));
    }

    @Override
    public void close() {
        client.close();
    }
}
