package io.entrepot.server.aws;

import io.entrepot.config.AwsKeysFrom;
import io.entrepot.server.net.Egress;
import io.entrepot.server.net.HttpAnswer;
import io.entrepot.server.net.HttpCall;
import io.entrepot.server.net.HttpClient;
import io.entrepot.server.net.Lease;
import io.entrepot.server.net.Machine;
import io.entrepot.server.net.SmallFile;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Keys of a role that is assumed with a token from a file (STS AssumeRoleWithWebIdentity), as EKS mounts one for a service
 * account (IRSA). The request is not signed; the token is read for each, since it changes.
 */
final class WebIdentityKeys implements KeySource {

    private static final String ROLE = "AWS_ROLE_ARN";
    private static final String TOKEN_FILE = "AWS_WEB_IDENTITY_TOKEN_FILE";
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int LARGEST = 64 * 1024;

    private final Machine machine;
    private final String role;
    private final String tokenFile;
    private final URI sts;
    private final HttpClient client;

    WebIdentityKeys(AwsKeysFrom.WebIdentity from, AwsRegion region, Machine machine) {
        String named = machine.variable("AWS_ENDPOINT_URL_STS");
        this.machine = machine;
        this.role = from.role().orElse(machine.variable(ROLE));
        this.tokenFile = from.token().map(Path::toString).orElse(machine.variable(TOKEN_FILE));
        this.sts = URI.create((named.isEmpty() ? "https://" + region.host("sts") : named) + "/");
        this.client = machine.clients().to(Egress.toVendor(PATIENCE));
    }

    @Override
    public boolean isMeant() {
        return !role.isEmpty() && !tokenFile.isEmpty();
    }

    @Override
    public CompletableFuture<Optional<Lease<AwsKeys>>> fetch() {
        if (!isMeant()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return SmallFile.text(Path.of(tokenFile), machine.blocking())
                .thenCompose(token -> HttpAnswer.of(client, call(token.strip()), LARGEST))
                .thenApply(answer -> Optional.of(StsAnswer.keys(answer, machine.clock())));
    }

    private HttpCall call(String token) {
        String session = machine.variable("AWS_ROLE_SESSION_NAME");
        String form = "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=" + encoded(role)
                + "&RoleSessionName=" + encoded(session.isEmpty() ? "entrepot" : session)
                + "&WebIdentityToken=" + encoded(token);
        return new HttpCall(
                HttpCall.Method.POST,
                sts,
                Map.of("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
                form.getBytes(StandardCharsets.US_ASCII));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public String expected() {
        return ROLE + " and " + TOKEN_FILE;
    }

    @Override
    public void close() {
        client.close();
    }
}
