package io.entrepot.server.upstream;

import static io.entrepot.server.upstream.Bench.await;
import static io.entrepot.server.upstream.Bench.drain;
import static io.entrepot.server.upstream.Bench.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.entrepot.loadtest.Auth;
import io.entrepot.loadtest.FakeCloud;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.FakeRegistryBuilder;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.Seen;
import io.entrepot.loadtest.TestImage;
import io.entrepot.loadtest.TokenAuth;
import io.entrepot.loadtest.Vendor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference;
import io.entrepot.server.LeakCheck;
import io.entrepot.server.upstream.UpstreamException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Each registry that people pull from, as it is: an index, a manifest of it, a blob, and what is peculiar. */
@ExtendWith(LeakCheck.class)
class EachRegistryTest {

    private static final TestImage IMAGE = ImageBuilder.image().layer(5_000).build();
    private static final TestImage INDEX = ImageBuilder.index().add(IMAGE).build();
    private static final Duration LONG = Duration.ofMinutes(10);

    /** Storage is another port of the same host. */
    private static final String STORAGE = "redirect-hosts: [\"127.0.0.1\"]";

    private static final String LOGIN = "shared: true, auth: { username: \"%s\", password: \"${env:PASSWORD}\" }";

    @TempDir
    Path directory;

    private static FakeRegistryBuilder like(Vendor vendor) {
        return FakeRegistry.builder().like(vendor).redirectBlobs(LONG);
    }

    private static FakeRegistry pushed(FakeRegistryBuilder builder, String... repositories) {
        FakeRegistry registry = builder.start();
        for (String repository : repositories) {
            registry.push(repository, "1", INDEX);
        }
        return registry;
    }

    private static void pull(VendorBench bench, String repository) {
        assertThat(await(bench.manifest(repository, "1")).bytes()).isEqualTo(INDEX.manifest());
        assertThat(await(bench.upstream.manifest(bench.repository(repository), new Reference.ByDigest(IMAGE.digest())))
                        .bytes())
                .isEqualTo(IMAGE.manifest());
        Digest layer = IMAGE.layer(0).digest();
        assertThat(drain(await(bench.upstream.blob(bench.repository(repository), layer, 0, Optional.empty()))))
                .isEqualTo(IMAGE.layer(0).bytes());
        assertThat(drain(await(bench.upstream.blobRange(bench.repository(repository), layer, 1_000, 1_500))))
                .hasSize(500);
        assertThat(await(bench.upstream.blobSize(bench.repository(repository), layer)))
                .isEqualTo(5_000);
    }

    private static void saysNothingOfUsToStorage(FakeRegistry registry) {
        assertThat(registry.seen())
                .filteredOn(seen -> seen.host().equals("storage"))
                .isNotEmpty()
                .allSatisfy(
                        seen -> assertThat(seen.headers().has("Authorization")).isFalse());
    }

    private static long unauthorized(FakeRegistry registry) {
        return registry.seen().stream().filter(seen -> seen.status() == 401).count();
    }

    private static List<String> statuses(FakeRegistry registry) {
        return registry.seen().stream()
                .map(seen -> seen.method() + " " + seen.path() + " " + seen.status())
                .toList();
    }

    @Test
    void dockerHub() {
        TokenAuth tokens = TokenAuth.password("kim", "s3cret").openTo("library/");
        try (FakeRegistry auth = FakeRegistry.builder()
                        .like(Vendor.DOCKER_HUB)
                        .auth(tokens)
                        .start();
                FakeRegistry registry = pushed(
                        like(Vendor.DOCKER_HUB).auth(tokens.realm(auth.url("/token"))), "library/alpine", "kim/own")) {
            String hosts = STORAGE + ", token-hosts: [\"" + auth.host() + "\"]";
            try (VendorBench nobody = VendorBench.of("docker.io", registry.url(), hosts);
                    VendorBench kim =
                            VendorBench.of("docker.io", registry.url(), hosts + ", " + LOGIN.formatted("kim"))) {
                pull(nobody, "library/alpine");
                pull(kim, "kim/own");
                saysNothingOfUsToStorage(registry);
                assertThat(auth.seen().get(0).query()).startsWith("service=registry.docker.io&scope=");

                // what does not exist looks like what needs a login
                assertThat(failure(nobody.manifest("nobody/none", "1")).kind()).isEqualTo(Kind.REFUSED);
            }
        }
    }

    @Test
    void dockerHubRevalidatesByHeadAlone() {
        try (FakeRegistry registry = pushed(like(Vendor.DOCKER_HUB).auth(TokenAuth.anonymous()), "library/alpine");
                VendorBench bench = VendorBench.of("docker.io", registry.url(), STORAGE)) {
            await(bench.upstream.head(bench.repository("library/alpine"), new Reference.Tag("1")));

            assertThat(registry.count("GET", "/manifests/")).isZero();
        }
    }

    @Test
    void ghcr() {
        TokenAuth tokens = TokenAuth.password("kim", "s3cret").openTo("public/");
        try (FakeRegistry registry = pushed(like(Vendor.GHCR).auth(tokens), "public/app", "private/app");
                VendorBench nobody = VendorBench.of("ghcr.io", registry.url(), STORAGE);
                VendorBench kim = VendorBench.of("ghcr.io", registry.url(), STORAGE + ", " + LOGIN.formatted("kim"))) {
            pull(nobody, "public/app");
            pull(kim, "private/app");
            saysNothingOfUsToStorage(registry);
            assertThat(registry.seen())
                    .filteredOn(seen -> seen.path().equals("/token"))
                    .allSatisfy(seen -> assertThat(seen.query())
                            .startsWith("service=ghcr.io&scope=repository%3Ap")
                            .endsWith("%2Fapp%3Apull"));
            assertThat(failure(nobody.manifest("private/app", "1")).kind()).isEqualTo(Kind.REFUSED);
        }
    }

    @Test
    void quay() {
        TokenAuth tokens = TokenAuth.password("org+robot", "s3cret");
        try (FakeRegistry registry = pushed(like(Vendor.QUAY).auth(tokens), "org/app");
                VendorBench bench =
                        VendorBench.of("quay.io", registry.url(), STORAGE + ", " + LOGIN.formatted("org+robot"))) {
            pull(bench, "org/app");
            assertThat(registry.count("/v2/auth")).isOne();
            saysNothingOfUsToStorage(registry);
        }
    }

    @Test
    void googleContainerRegistryAndArtifactRegistry() {
        try (FakeCloud cloud = FakeCloud.start();
                FakeRegistry registry = pushed(
                        like(Vendor.GOOGLE)
                                .auth(TokenAuth.password("oauth2accesstoken", "ya29.token-1")
                                        .withoutPost()),
                        "project/app");
                VendorBench bench = VendorBench.of(
                        "europe-docker.pkg.dev",
                        registry.url(),
                        STORAGE + ", shared: true, auth: { google: { from: metadata } }",
                        Map.of("GCE_METADATA_HOST", cloud.url().getAuthority()))) {
            pull(bench, "project/app");
            assertThat(registry.count("/v2/token")).isOne();
            assertThat(registry.count("GET", "/v2/token")).isOne();
            // its 401 says nothing, so it is asked at its root, once
            assertThat(registry.seen().stream().filter(seen -> seen.path().equals("/v2/")))
                    .hasSize(1);
        }
    }

    @Test
    void ecr() {
        try (FakeCloud cloud = FakeCloud.start();
                FakeRegistry registry =
                        pushed(like(Vendor.ECR).auth(Auth.basic("AWS", cloud.amazon()::isPassword)), "team/app");
                VendorBench bench = ecr(registry, cloud)) {
            pull(bench, "team/app");
            assertThat(unauthorized(registry)).isOne();
            assertThat(cloud.count("/ecr/")).isOne();
            saysNothingOfUsToStorage(registry);
        }
    }

    private static VendorBench ecr(FakeRegistry registry, FakeCloud cloud) {
        cloud.amazon().know("AKIA1");
        return VendorBench.of(
                "123456789012.dkr.ecr.eu-central-1.amazonaws.com",
                registry.url(),
                STORAGE + ", shared: true, auth: { aws: { from: environment } }",
                Map.of(
                        "AWS_ACCESS_KEY_ID", "AKIA1",
                        "AWS_SECRET_ACCESS_KEY", "k3y",
                        "AWS_ENDPOINT_URL_ECR", cloud.url("/ecr").toString()));
    }

    @Test
    void ecrWithAPasswordThatIsNotTakenAnyMore() {
        try (FakeCloud cloud = FakeCloud.start();
                FakeRegistry registry = pushed(
                        like(Vendor.ECR)
                                .auth(Auth.basic(
                                        "AWS", password -> cloud.amazon().isPassword(password))),
                        "team/app");
                VendorBench bench = ecr(registry, cloud);
                VendorBench other = ecr(registry, cloud)) {
            pull(bench, "team/app");
            pull(other, "team/app");
            bench.pass(Duration.ofSeconds(2));
            registry.forgetSeen();

            pull(bench, "team/app");

            assertThat(unauthorized(registry)).isOne();
        }
    }

    @Test
    void ecrPublic() {
        try (FakeRegistry registry = pushed(like(Vendor.ECR_PUBLIC).auth(TokenAuth.anonymous()), "alias/app");
                VendorBench bench = VendorBench.of("public.ecr.aws", registry.url(), STORAGE)) {
            // among it the size of a blob, though its HEAD is refused
            pull(bench, "alias/app");
            registry.forgetSeen();

            pull(bench, "alias/app");
            assertThat(registry.seen()).extracting(Seen::method).containsOnly("GET");
            assertThat(unauthorized(registry)).isZero();
        }
    }

    @Test
    void azureContainerRegistry() throws IOException {
        String refresh = "e30."
                + Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(
                                ("{\"exp\":" + Instant.now().plusSeconds(10_800).getEpochSecond() + "}")
                                        .getBytes(StandardCharsets.US_ASCII))
                + ".c2ln";
        Path token = Files.writeString(directory.resolve("token"), "federated-1");
        try (FakeCloud cloud = FakeCloud.start();
                FakeRegistry registry = pushed(
                        like(Vendor.AZURE)
                                .auth(TokenAuth.identity(refresh)
                                        .exchanging("entra-1")
                                        .onlyAccessToken()),
                        "team/app")) {
            cloud.azure().proof("client_assertion", "federated-1");
            Map<String, String> environment = Map.of(
                    "AZURE_AUTHORITY_HOST",
                    cloud.url("/").toString(),
                    "AZURE_TENANT_ID",
                    "tenant-1",
                    "AZURE_CLIENT_ID",
                    "client-1",
                    "AZURE_FEDERATED_TOKEN_FILE",
                    token.toString());
            String auth = STORAGE + ", shared: true, auth: { azure: { from: workload-identity } }";
            try (VendorBench bench = VendorBench.of("team.azurecr.io", registry.url(), auth, environment)) {
                pull(bench, "team/app");
                assertThat(registry.count("POST", "/oauth2/exchange")).isOne();
                assertThat(registry.count("POST", "/oauth2/token")).isOne();
                saysNothingOfUsToStorage(registry);
            }
        }
    }

    @Test
    void kubernetes() {
        try (FakeRegistry backing = pushed(FakeRegistry.builder(), "pause");
                FakeRegistry registry = FakeRegistry.builder()
                        .like(Vendor.KUBERNETES, backing.url())
                        .start();
                VendorBench bench = VendorBench.of("registry.k8s.io", registry.url(), STORAGE)) {
            pull(bench, "pause");
            assertThat(await(bench.upstream.head(bench.repository("pause"), new Reference.Tag("1"))))
                    .contains(INDEX.descriptor());
            assertThat(registry.seen()).extracting(Seen::status).containsOnly(307);
        }
    }

    @Test
    void microsoft() {
        try (FakeRegistry registry = pushed(like(Vendor.MICROSOFT), "dotnet/runtime");
                VendorBench bench = VendorBench.of("mcr.microsoft.com", registry.url(), STORAGE)) {
            pull(bench, "dotnet/runtime");
            assertThat(unauthorized(registry)).isZero();
        }
    }

    @Test
    void harbor() {
        TokenAuth tokens = TokenAuth.password("robot$mirror", "s3cret").closedTo("secret/");
        try (FakeRegistry registry = pushed(like(Vendor.HARBOR).auth(tokens), "library/app", "secret/app");
                VendorBench bench = VendorBench.of(
                        "harbor.corp", registry.url(), STORAGE + ", " + LOGIN.formatted("robot$mirror"))) {
            pull(bench, "library/app");
            assertThat(registry.count("/service/token")).isOne();
            assertThat(failure(bench.manifest("secret/app", "1")).kind()).isEqualTo(Kind.NOT_FOUND);
        }
    }

    @Test
    void artifactory() {
        try (FakeRegistry registry = pushed(
                        like(Vendor.ARTIFACTORY).auth(Auth.basic("kim", "s3cret")), "public/app", "private/app");
                VendorBench bench =
                        VendorBench.of("artifactory.corp", registry.url(), STORAGE + ", " + LOGIN.formatted("kim"))) {
            // nobody is asked for a login, and what a nobody may not see is not there
            assertThat(await(bench.manifest("private/app", "1")).bytes()).isEqualTo(INDEX.manifest());
            assertThat(statuses(registry))
                    .containsExactly(
                            "GET /v2/private/app/manifests/1 404",
                            "GET /v2/ 200",
                            "GET /v2/private/app/manifests/1 200");
            registry.forgetSeen();

            pull(bench, "private/app");
            assertThat(registry.seen()).extracting(Seen::status).doesNotContain(404);
            assertThat(failure(bench.manifest("private/app", "2")).kind()).isEqualTo(Kind.NOT_FOUND);
        }
    }

    @Test
    void artifactoryForNobody() {
        try (FakeRegistry registry = pushed(
                        like(Vendor.ARTIFACTORY).auth(Auth.basic("kim", "s3cret")), "public/app", "private/app");
                VendorBench bench = VendorBench.of("artifactory.corp", registry.url(), STORAGE)) {
            assertThat(failure(bench.manifest("private/app", "1")).kind()).isEqualTo(Kind.NOT_FOUND);
            assertThat(registry.seen()).hasSize(1);
        }
    }

    @Test
    void nexus() {
        try (FakeRegistry registry = pushed(
                        FakeRegistry.builder().like(Vendor.NEXUS).auth(Auth.basic("kim", "s3cret")), "team/app");
                VendorBench bench = VendorBench.of("nexus.corp:8083", registry.url(), LOGIN.formatted("kim"))) {
            pull(bench, "team/app");
            assertThat(unauthorized(registry)).isOne();
        }
    }

    @Test
    void gitlab() {
        TokenAuth tokens = TokenAuth.password("gitlab+deploy-token-1", "s3cret");
        try (FakeRegistry site =
                        FakeRegistry.builder().like(Vendor.GITLAB).auth(tokens).start();
                FakeRegistry registry =
                        pushed(like(Vendor.GITLAB).auth(tokens.realm(site.url("/jwt/auth"))), "group/project/app")) {
            String hosts = STORAGE + ", token-hosts: [\"" + site.host() + "\"], ";
            try (VendorBench bench = VendorBench.of(
                    "registry.gitlab.corp", registry.url(), hosts + LOGIN.formatted("gitlab+deploy-token-1"))) {
                pull(bench, "group/project/app");
                assertThat(site.count("/jwt/auth")).isOne();
                saysNothingOfUsToStorage(registry);
            }
        }
    }

    @Test
    void gitlabMayNameNoOtherTokenServer() {
        TokenAuth tokens = TokenAuth.password("gitlab+deploy-token-1", "s3cret");
        try (FakeRegistry site =
                        FakeRegistry.builder().like(Vendor.GITLAB).auth(tokens).start();
                FakeRegistry registry =
                        pushed(like(Vendor.GITLAB).auth(tokens.realm(site.url("/jwt/auth"))), "group/app");
                VendorBench bench = VendorBench.of(
                        "registry.gitlab.corp", registry.url(), LOGIN.formatted("gitlab+deploy-token-1"))) {
            assertThat(failure(bench.manifest("group/app", "1")).kind()).isEqualTo(Kind.INVALID);
            assertThat(site.seen()).isEmpty();
        }
    }

    @Test
    void distribution() {
        try (FakeRegistry open = pushed(FakeRegistry.builder(), "team/app");
                FakeRegistry closed = pushed(FakeRegistry.builder().auth(Auth.basic("kim", "s3cret")), "team/app");
                VendorBench nobody = VendorBench.of("registry.corp:5000", open.url(), "");
                VendorBench kim = VendorBench.of("registry.corp:5000", closed.url(), LOGIN.formatted("kim"))) {
            pull(nobody, "team/app");
            pull(kim, "team/app");
        }
    }

    @Test
    void saysWhyItIsNotKnownWhoWeAre() {
        try (FakeCloud cloud = FakeCloud.start();
                FakeRegistry registry =
                        pushed(like(Vendor.ECR).auth(Auth.basic("AWS", cloud.amazon()::isPassword)), "team/app");
                VendorBench bench = ecr(registry, cloud)) {
            cloud.refuse("/ecr/", 500);

            assertThat(failure(bench.manifest("team/app", "1")))
                    .hasMessage(
                            "123456789012.dkr.ecr.eu-central-1.amazonaws.com: it cannot be found out who we are there:"
                                    + " the API of ECR answered 500 with something that is not JSON")
                    .extracting(UpstreamException::kind)
                    .isEqualTo(Kind.FAILED);
        }
    }

    @Test
    void anotherLoginIsNotRefusedForTheOneBeforeIt() throws IOException {
        Path password = Files.writeString(directory.resolve("password"), "wrong");
        try (FakeRegistry registry = pushed(like(Vendor.HARBOR).auth(TokenAuth.password("kim", "s3cret")), "team/app");
                VendorBench bench = VendorBench.of(
                        "harbor.corp",
                        registry.url(),
                        STORAGE + ", shared: true, auth: { username: kim, password: \"${file:" + password + "}\" }")) {
            assertThat(failure(bench.manifest("team/app", "1")).kind()).isEqualTo(Kind.REFUSED);

            Files.writeString(password, "s3cret");
            // the file is looked at again; the refusal that is remembered was another's
            bench.pass(Duration.ofMillis(1_999));
            assertThat(failure(bench.manifest("team/app", "1")).kind()).isEqualTo(Kind.REFUSED);
            bench.pass(Duration.ofMillis(1));

            assertThat(await(bench.manifest("team/app", "1")).bytes()).isEqualTo(INDEX.manifest());
        }
    }

    @Test
    void anotherLoginForSomeRepositoriesHasTokensOfItsOwn() {
        try (FakeRegistry registry = pushed(
                        like(Vendor.QUAY)
                                .auth(TokenAuth.password("acme", "s3cret").openTo("open/")),
                        "acme/app",
                        "open/app");
                VendorBench bench = VendorBench.of(
                        "quay.io",
                        registry.url(),
                        STORAGE + ", shared: true, credentials: [{ repositories: [\"acme/**\"],"
                                + " auth: { username: acme, password: \"${env:PASSWORD}\" } }]")) {
            pull(bench, "acme/app");
            pull(bench, "open/app");

            assertThat(registry.seen())
                    .filteredOn(seen -> seen.path().equals("/v2/auth"))
                    .extracting(
                            seen -> seen.query().contains("acme"),
                            seen -> seen.headers().has("Authorization"))
                    .containsExactly(tuple(true, true), tuple(false, false));
        }
    }
}
