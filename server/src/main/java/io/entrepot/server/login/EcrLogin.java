package io.entrepot.server.login;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.entrepot.config.MirrorConfig.Credentials;
import io.entrepot.config.Secret;
import io.entrepot.server.aws.AwsKeys;
import io.entrepot.server.aws.AwsLogin;
import io.entrepot.server.aws.AwsRegion;
import io.entrepot.server.aws.SigV4;
import io.entrepot.server.net.Egress;
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
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Passwords of ECR, from its API (GetAuthorizationToken), which hold for twelve hours: for a private registry in its
 * region, for the public one where that has its API.
 */
final class EcrLogin {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String WHO = "the API of ECR";
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int LARGEST = 64 * 1024;
    private static final Pattern PRIVATE = Pattern.compile(
            "[0-9]{12}\\.dkr[.-]ecr(-fips)?\\.([a-z0-9-]+)\\.(?:amazonaws\\.com|amazonaws\\.com\\.cn|on\\.aws)");

    /** Codes of refusals that other keys may not meet. */
    private static final Pattern KEYS_REFUSED =
            Pattern.compile("(?:.*#)?(?:UnrecognizedClient|InvalidSignature|ExpiredToken|InvalidClientTokenId).*");

    /** One of its APIs. */
    private record Api(String service, String target, AwsRegion region, URI uri) {}

    private final Api api;
    private final AwsLogin aws;
    private final Machine machine;
    private final HttpClient client;

    private EcrLogin(Api api, AwsLogin aws, Machine machine, HttpClient client) {
        this.api = api;
        this.aws = aws;
        this.machine = machine;
        this.client = client;
    }

    /** @throws IllegalArgumentException if neither the registry's name nor the configuration says a region */
    static LoginSource open(Credentials.Ecr ecr, Target target, Machine machine) {
        Api api = target.host().equals("public.ecr.aws") ? publicApi(machine) : privateApi(ecr, target, machine);
        AwsLogin aws = AwsLogin.open(ecr.keys(), api.region(), target.egress().proxy(), machine);
        HttpClient client =
                machine.clients().to(Egress.toVendor(PATIENCE, target.egress().proxy()));
        return new RenewedLogin(new EcrLogin(api, aws, machine, client)::ask, machine, () -> {
            client.close();
            aws.close();
        });
    }

    private static Api publicApi(Machine machine) {
        AwsRegion region = new AwsRegion("us-east-1");
        return new Api(
                "ecr-public",
                "SpencerFrontendService",
                region,
                uri(machine.variable("AWS_ENDPOINT_URL_ECR_PUBLIC"), region.host("api.ecr-public")));
    }

    private static Api privateApi(Credentials.Ecr ecr, Target target, Machine machine) {
        Matcher name = PRIVATE.matcher(target.host());
        boolean known = name.matches();
        String region = ecr.region().orElseGet(() -> known ? name.group(2) : "");
        if (region.isEmpty()) {
            throw new IllegalArgumentException(target.registry()
                    + ": no registry of ECR (expected: ACCOUNT.dkr.ecr.REGION.amazonaws.com, or region: under aws)");
        }
        AwsRegion in = new AwsRegion(region);
        String host = in.host(known && name.group(1) != null ? "ecr-fips" : "api.ecr");
        return new Api(
                "ecr", "AmazonEC2ContainerRegistry_V20150921", in, uri(machine.variable("AWS_ENDPOINT_URL_ECR"), host));
    }

    private static URI uri(String named, String host) {
        return URI.create((named.isEmpty() ? "https://" + host : named) + "/");
    }

    private CompletableFuture<Lease<Login>> ask() {
        return aws.keys()
                .thenCompose(
                        keys -> HttpAnswer.of(client, signed(keys), LARGEST).thenApply(answer -> parse(answer, keys)));
    }

    private HttpCall signed(AwsKeys keys) {
        HttpCall call = new HttpCall(
                HttpCall.Method.POST,
                api.uri(),
                Map.of(
                        "Content-Type",
                        "application/x-amz-json-1.1",
                        "X-Amz-Target",
                        api.target() + ".GetAuthorizationToken"),
                "{}".getBytes(StandardCharsets.US_ASCII));
        return SigV4.of(api.service(), api.region().name())
                .sign(call, keys, machine.clock().instant());
    }

    private Lease<Login> parse(HttpAnswer answer, AwsKeys keys) {
        try {
            JsonNode json = JSON.readTree(answer.body());
            if (answer.status() != 200) {
                throw refused(answer.status(), json.path("__type").asText(""), keys);
            }
            JsonNode data = json.path("authorizationData");
            JsonNode first = data.isArray() ? data.path(0) : data;
            return new Lease<>(login(first.path("authorizationToken").asText("")), lifetime(first.path("expiresAt")));
        } catch (IOException e) {
            throw new NoLogin(WHO + " answered " + answer.status() + " with something that is not JSON");
        }
    }

    private NoLogin refused(int status, String type, AwsKeys keys) {
        if (KEYS_REFUSED.matcher(type).matches()) {
            aws.refused(keys);
        }
        String code = type.substring(type.indexOf('#') + 1);
        return new NoLogin(
                WHO + " answered " + status + (code.matches("[A-Za-z]{1,64}") ? " " + code : "") + " (expected: 200)");
    }

    private static Login login(String token) {
        Optional<String> pair = decoded(token);
        int colon = pair.orElse("").indexOf(':');
        if (colon <= 0) {
            throw new NoLogin(WHO + " gave no password (expected: authorizationToken)");
        }
        return new Login.Password(
                pair.orElseThrow().substring(0, colon),
                new Secret(pair.orElseThrow().substring(colon + 1)));
    }

    private static Optional<String> decoded(String token) {
        try {
            return Optional.of(new String(Base64.getDecoder().decode(token), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Seconds since 1970, with a fraction. */
    private Duration lifetime(JsonNode end) {
        long millis = (long) (end.asDouble(0) * 1000) - machine.clock().millis();
        return Duration.ofMillis(Math.max(millis, Duration.ofMinutes(1).toMillis()));
    }
}
