package io.entrepot.server.login;

import static io.entrepot.server.login.LoginBench.identity;
import static io.entrepot.server.login.LoginBench.password;
import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.FakeCloud;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.TokenAuth;
import io.entrepot.loadtest.Vendor;
import io.entrepot.server.LeakCheck;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Logins that clouds give out. */
@ExtendWith(LeakCheck.class)
class CloudLoginTest {

    private static final String ECR = "\"123456789012.dkr.ecr.eu-central-1.amazonaws.com\"";
    private static final String KEYS = "access-key-id: AKIA1, secret-access-key: \"${env:KEY}\"";

    private final FakeCloud cloud = FakeCloud.start();
    private final Map<String, String> environment = new HashMap<>(Map.of("KEY", "k3y"));

    @TempDir
    Path directory;

    @AfterEach
    void close() {
        cloud.close();
    }

    private LoginBench open(String registry, String auth) {
        return LoginBench.of(registry + ": { shared: true, auth: { " + auth + " } }", environment);
    }

    private String local(String path) {
        return cloud.url(path).toString();
    }

    private String host() {
        return cloud.url().getAuthority();
    }

    @Test
    void hasTokensOfGooglesMetadataServer() {
        environment.put("GCE_METADATA_HOST", host());
        try (LoginBench bench = open("gcr.io", "google: { from: metadata }")) {
            assertThat(bench.login()).isEqualTo(password("oauth2accesstoken", "ya29.token-1"));
            assertThat(cloud.count("/computeMetadata/v1/instance/service-accounts/default/token"))
                    .isOne();

            bench.pass(Duration.ofHours(1));
            assertThat(bench.login()).isEqualTo(password("oauth2accesstoken", "ya29.token-2"));
        }
    }

    @Test
    void hasTokensForTheKeyThatTheFileOfAServiceAccountHasNow() throws IOException {
        Path file = directory.resolve("key.json");
        Files.writeString(file, cloud.google().keyFile(cloud.url("/token")));
        try (LoginBench bench = open("europe-docker.pkg.dev", "google: { key-file: \"" + file + "\" }")) {
            assertThat(bench.login()).isEqualTo(password("oauth2accesstoken", "ya29.token-1"));

            Files.writeString(file, cloud.google().keyFile(cloud.url("/token")));
            bench.pass(Duration.ofHours(1));
            assertThat(bench.login()).isEqualTo(password("oauth2accesstoken", "ya29.token-2"));
        }
    }

    @Test
    void saysThatAKeyIsNotTakenWithoutShowingWhatWasSigned() throws IOException {
        Path file = directory.resolve("key.json");
        Files.writeString(file, cloud.google().keyFile(cloud.url("/token")));
        cloud.google().keyFile(cloud.url("/token"));
        try (LoginBench bench = open("gcr.io", "google: { key-file: \"" + file + "\" }")) {
            assertThat(bench.failure()).isEqualTo("Google's token endpoint answered 400 invalid_grant (expected: 200)");
        }
    }

    @Test
    void signsForNoEndpointByPlainHttp() throws IOException {
        Path file = directory.resolve("key.json");
        Files.writeString(file, cloud.google().keyFile(URI.create("http://oauth2.example/token")));
        try (LoginBench bench = open("gcr.io", "google: { key-file: \"" + file + "\" }")) {
            assertThat(bench.failure()).contains("an https token_uri");
        }
    }

    @Test
    void hasPasswordsOfEcrAndRenewsThem() {
        cloud.amazon().know("AKIA1");
        cloud.lifetime(Duration.ofHours(12));
        environment.put("AWS_ENDPOINT_URL_ECR", local("/ecr"));
        try (LoginBench bench = open(ECR, "aws: { " + KEYS + " }")) {
            assertThat(bench.login()).isEqualTo(password("AWS", "password-1"));
            assertThat(bench.login()).isEqualTo(password("AWS", "password-1"));
            assertThat(cloud.count("/ecr/")).isOne();

            bench.pass(Duration.ofHours(12));
            assertThat(bench.login()).isEqualTo(password("AWS", "password-2"));
        }
    }

    @Test
    void signsForEcrWithTheKeysOfAnAssumedRole() throws IOException {
        Path token = Files.writeString(directory.resolve("token"), "web-1");
        cloud.amazon().webToken("web-1");
        environment.put("AWS_ENDPOINT_URL_STS", local("/sts"));
        environment.put("AWS_ENDPOINT_URL_ECR", local("/ecr"));
        environment.put("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/mirror");
        environment.put("AWS_WEB_IDENTITY_TOKEN_FILE", token.toString());
        try (LoginBench bench = open(ECR, "aws: { from: chain }")) {
            assertThat(bench.login()).isEqualTo(password("AWS", "password-2"));
        }
    }

    @Test
    void saysByWhichCodeEcrRefused() {
        environment.put("AWS_ENDPOINT_URL_ECR", local("/ecr"));
        try (LoginBench bench = open(ECR, "aws: { " + KEYS + " }")) {
            assertThat(bench.failure())
                    .isEqualTo("the API of ECR answered 400 UnrecognizedClientException (expected: 200)");
        }
    }

    @Test
    void fetchesOtherKeysWhereEcrDoesNotKnowThem() {
        environment.put("AWS_ENDPOINT_URL_ECR", local("/ecr"));
        environment.put("AWS_EC2_METADATA_SERVICE_ENDPOINT", local(""));
        try (LoginBench bench = open(ECR, "aws: { from: instance }")) {
            bench.login();
            cloud.amazon().revoke();
            bench.pass(Duration.ofHours(4));
            bench.refuse(password("AWS", "password-2"));
            bench.failure();

            bench.pass(Duration.ofSeconds(2));
            assertThat(bench.login()).isEqualTo(password("AWS", "password-4"));
        }
    }

    @Test
    void hasPasswordsOfThePublicEcr() {
        cloud.amazon().know("AKIA1");
        environment.put("AWS_ENDPOINT_URL_ECR_PUBLIC", local("/ecr-public"));
        try (LoginBench bench = open("public.ecr.aws", "aws: { " + KEYS + " }")) {
            assertThat(bench.login()).isEqualTo(password("AWS", "password-1"));
        }
    }

    @Test
    void saysWhichRegistryIsNoneOfEcr() {
        try (LoginBench bench = open("ghcr.io", "aws: { " + KEYS + " }")) {
            assertThat(bench.failure()).startsWith("ghcr.io: no registry of ECR (expected: ACCOUNT.dkr.ecr.REGION");
        }
    }

    /** A refresh token of the registry that ends so far from now. */
    private static String refreshToken(Duration left) {
        String claims = "{\"exp\":" + Instant.now().plus(left).getEpochSecond() + "}";
        return "e30." + Base64.getUrlEncoder().withoutPadding().encodeToString(claims.getBytes(StandardCharsets.UTF_8))
                + ".c2ln";
    }

    private LoginBench azure(FakeRegistry registry, String auth) {
        return LoginBench.of(
                "team.azurecr.io: { url: \"" + registry.url() + "\", internal: true, shared: true, auth: { azure: { "
                        + auth + " } } }",
                environment);
    }

    private static FakeRegistry azureRegistry(String refresh, String entra) {
        return FakeRegistry.builder()
                .like(Vendor.AZURE)
                .auth(TokenAuth.identity(refresh).exchanging(entra))
                .start();
    }

    @Test
    void changesATokenOfEntraIdForASecretIntoOneOfTheRegistry() {
        String refresh = refreshToken(Duration.ofHours(3));
        environment.put("AZURE_AUTHORITY_HOST", local("/"));
        environment.put("SECRET", "s3cret");
        cloud.azure().proof("client_secret", "s3cret");
        try (FakeRegistry registry = azureRegistry(refresh, "entra-1");
                LoginBench bench =
                        azure(registry, "tenant: tenant-1, client-id: client-1, client-secret: \"${env:SECRET}\"")) {
            assertThat(bench.login()).isEqualTo(identity(refresh));

            bench.pass(Duration.ofHours(1));
            assertThat(bench.login()).isEqualTo(identity(refresh));
            assertThat(registry.count("/oauth2/exchange")).isOne();
        }
    }

    @Test
    void showsTheFederatedTokenThatItsFileHasNow() throws IOException {
        String refresh = refreshToken(Duration.ofHours(3));
        Path token = Files.writeString(directory.resolve("token"), "federated-1\n");
        environment.putAll(Map.of(
                "AZURE_AUTHORITY_HOST",
                local("/"),
                "AZURE_TENANT_ID",
                "tenant-1",
                "AZURE_CLIENT_ID",
                "client-1",
                "AZURE_FEDERATED_TOKEN_FILE",
                token.toString()));
        cloud.azure().proof("client_assertion", "federated-1");
        try (FakeRegistry registry = azureRegistry(refresh, "entra-1");
                LoginBench bench = azure(registry, "from: workload-identity")) {
            assertThat(bench.login()).isEqualTo(identity(refresh));
        }
    }

    @Test
    void hasATokenOfTheMachinesIdentity() {
        String refresh = refreshToken(Duration.ofHours(3));
        environment.put("AZURE_POD_IDENTITY_AUTHORITY_HOST", local(""));
        try (FakeRegistry registry = azureRegistry(refresh, "entra-1");
                LoginBench bench = azure(registry, "from: managed-identity")) {
            assertThat(bench.login()).isEqualTo(identity(refresh));
        }
    }

    @Test
    void saysByWhichCodeEntraIdRefused() {
        environment.put("AZURE_AUTHORITY_HOST", local("/"));
        environment.put("SECRET", "wrong");
        try (FakeRegistry registry = azureRegistry("r", "entra-1");
                LoginBench bench =
                        azure(registry, "tenant: tenant-1, client-id: client-1, client-secret: \"${env:SECRET}\"")) {
            assertThat(bench.failure()).isEqualTo("Entra ID answered 400 invalid_client (expected: 200)");
            assertThat(registry.seen()).isEmpty();
        }
    }

    @Test
    void saysThatTheRegistryChangesNoTokenOfOurs() {
        environment.put("AZURE_POD_IDENTITY_AUTHORITY_HOST", local(""));
        try (FakeRegistry registry = azureRegistry("r", "another");
                LoginBench bench = azure(registry, "from: managed-identity")) {
            assertThat(bench.failure())
                    .isEqualTo("team.azurecr.io's token exchange answered 401 (expected: 200 with a refresh token)");
        }
    }

    @Test
    void saysWhatWorkloadIdentityLacks() {
        try (FakeRegistry registry = azureRegistry("r", "entra-1");
                LoginBench bench = azure(registry, "from: workload-identity")) {
            assertThat(bench.failure()).startsWith("AZURE_TENANT_ID is not set");
        }
    }
}
