package io.entrepot.server.login;

import static io.entrepot.server.login.LoginBench.identity;
import static io.entrepot.server.login.LoginBench.password;
import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.FakeCloud;
import io.entrepot.loadtest.FakeProxy;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.TokenAuth;
import io.entrepot.loadtest.Vendor;
import io.entrepot.server.LeakCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Logins that clouds give out, where the upstream is behind a proxy: services by names that the proxy alone knows. */
@ExtendWith(LeakCheck.class)
class ProxiedLoginTest {

    private static final String ECR = "\"123456789012.dkr.ecr.eu-central-1.amazonaws.com\"";

    private final FakeCloud cloud = FakeCloud.start();
    private final FakeProxy proxy = FakeProxy.start();
    private final Map<String, String> environment = new HashMap<>();

    @TempDir
    Path directory;

    @AfterEach
    void close() {
        proxy.close();
        cloud.close();
    }

    private LoginBench open(String registry, String upstream) {
        return LoginBench.of(
                registry + ": { shared: true, proxy: { url: \"http://127.0.0.1:" + proxy.port() + "\" }, " + upstream
                        + " }",
                environment);
    }

    /** The address of a path of the cloud by a name that only the proxy knows. */
    private String behindProxy(String name, String path) {
        proxy.knows(name + ":80", cloud.url().getPort());
        return "http://" + name + path;
    }

    @Test
    void askTheServicesOfAmazonThroughIt() throws IOException {
        Path token = Files.writeString(directory.resolve("token"), "web-1");
        cloud.amazon().webToken("web-1");
        environment.put("AWS_ENDPOINT_URL_STS", behindProxy("sts.vendor.example", "/sts"));
        environment.put("AWS_ENDPOINT_URL_ECR", behindProxy("ecr.vendor.example", "/ecr"));
        environment.put("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/mirror");
        environment.put("AWS_WEB_IDENTITY_TOKEN_FILE", token.toString());
        try (LoginBench bench = open(ECR, "auth: { aws: { from: chain } }")) {
            assertThat(bench.login()).isEqualTo(password("AWS", "password-2"));
            assertThat(proxy.targets()).containsExactly("sts.vendor.example:80", "ecr.vendor.example:80");
        }
    }

    @Test
    void askGooglesTokenEndpointThroughIt() throws IOException {
        String here = cloud.url().getAuthority();
        proxy.knows(here, cloud.url().getPort());
        Path file =
                Files.writeString(directory.resolve("key.json"), cloud.google().keyFile(cloud.url("/token")));
        try (LoginBench bench = open("gcr.io", "auth: { google: { key-file: \"" + file + "\" } }")) {
            assertThat(bench.login()).isEqualTo(password("oauth2accesstoken", "ya29.token-1"));
            assertThat(proxy.targets()).containsExactly(here);
        }
    }

    @Test
    void askEntraIdAndTheRegistryThroughIt() {
        environment.put("AZURE_AUTHORITY_HOST", behindProxy("login.vendor.example", "/"));
        environment.put("SECRET", "s3cret");
        cloud.azure().proof("client_secret", "s3cret");
        try (FakeRegistry registry = FakeRegistry.builder()
                .like(Vendor.AZURE)
                .auth(TokenAuth.identity("refresh-1").exchanging("entra-1"))
                .start()) {
            proxy.knows(registry.host(), registry.url().getPort());
            try (LoginBench bench = open(
                    "team.azurecr.io",
                    "url: \"" + registry.url() + "\", internal: true, auth: { azure: { tenant: tenant-1,"
                            + " client-id: client-1, client-secret: \"${env:SECRET}\" } }")) {
                assertThat(bench.login()).isEqualTo(identity("refresh-1"));
                assertThat(proxy.targets()).containsExactly("login.vendor.example:80", registry.host());
            }
        }
    }

    @Test
    void askTheMetadataOfTheMachineWithoutIt() {
        environment.put("GCE_METADATA_HOST", cloud.url().getAuthority());
        environment.put("AWS_EC2_METADATA_SERVICE_ENDPOINT", cloud.url().toString());
        environment.put("AWS_ENDPOINT_URL_ECR", behindProxy("ecr.vendor.example", "/ecr"));
        try (LoginBench google = open("gcr.io", "auth: { google: { from: metadata } }");
                LoginBench amazon = open(ECR, "auth: { aws: { from: instance } }")) {
            assertThat(google.login()).isEqualTo(password("oauth2accesstoken", "ya29.token-1"));
            assertThat(proxy.heads()).isEmpty();
            assertThat(amazon.login()).isEqualTo(password("AWS", "password-2"));
            assertThat(proxy.targets()).containsExactly("ecr.vendor.example:80");
        }
    }
}
