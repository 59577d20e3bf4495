package io.entrepot.server;

import static io.entrepot.server.Asking.bearer;
import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.RawHttp.Response;
import io.entrepot.loadtest.TestImage;
import io.entrepot.oci.Digest;
import io.entrepot.server.access.TestIssuer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Four tenants, four repositories, one cache: each reads its own, and to the others it is not there. */
@Timeout(120)
@ExtendWith({BlockHoundSetup.class, LeakCheck.class})
class TenantsTest {

    private static final List<String> TENANTS = List.of("a", "b", "c", "d");

    /** All four have this layer, so that it is held under each name. */
    private static final TestImage IMAGE =
            ImageBuilder.image().seed(3).layer(4_000).build();

    @TempDir
    private Path root;

    private final FakeRegistry registry = FakeRegistry.start();
    private Mirror mirror;
    private Asking client;

    @BeforeEach
    void start() throws Exception {
        TENANTS.forEach(tenant -> registry.push("team-" + tenant + "/xyapp", "1", IMAGE));
        Files.writeString(root.resolve("jwks.json"), TestIssuer.jwks());
        StringBuilder rights = new StringBuilder();
        TENANTS.forEach(
                tenant -> rights.append("    - { repositories: [\"docker.io/team-%s/**\"], read: [{ groups: [%s] }] }%n"
                        .formatted(tenant, tenant)));
        mirror = TestConfig.under(root, """
                upstreams: { docker.io: { url: "%s", internal: true } }
                access:
                  issuers: [{ issuer: "%s", audience: [entrepot], algorithms: [RS256], jwks: "%s/jwks.json" }]
                  rights:
                """.formatted(registry.url(), TestIssuer.NAME, root) + rights)
                .start();
        client = new Asking(mirror);
    }

    @AfterEach
    void stop() {
        mirror.close();
        registry.close();
    }

    @Test
    void eachReadsItsOwnAndNothingElse() {
        for (String owner : TENANTS) {
            assertOnlyReadBy(owner);
        }
        for (String owner : TENANTS) {
            assertOnlyReadBy(owner);
        }
    }

    private void assertOnlyReadBy(String owner) {
        for (String reader : TENANTS) {
            for (String path : paths("team-" + owner + "/xyapp")) {
                boolean own = owner.equals(reader);
                assertThat(client.get(path, as(reader)).status())
                        .as(reader + " GET " + path)
                        .isEqualTo(own ? 200 : 404);
                if (!path.contains("tags/list") && !path.contains("referrers")) {
                    assertThat(client.head(path, as(reader)).status())
                            .as(reader + " HEAD " + path)
                            .isEqualTo(own ? 200 : 404);
                }
            }
        }
    }

    @Test
    void whatIsNotTheirsAnswersAsWhatIsNotThere() {
        pullAll("a");
        List<String> present = paths("team-a/xyapp");
        List<String> absent = paths("team-a/xyaxe");
        for (int i = 0; i < present.size(); i++) {
            assertThat(shape(client.get(present.get(i), as("b")), "xyapp"))
                    .isEqualTo(shape(client.get(absent.get(i), as("b")), "xyaxe"));
            assertThat(shape(client.head(present.get(i), as("b")), "xyapp"))
                    .isEqualTo(shape(client.head(absent.get(i), as("b")), "xyaxe"));
        }
    }

    /** Not only beside each other: what an owner gets of a name that is absent is what others get of one that is there. */
    @Test
    void whatIsNotTheirsAnswersAsAnAbsentNameDoesToItsOwner() {
        pullAll("a");
        for (String kind : List.of("manifests/1", "blobs/" + IMAGE.layer(0).digest())) {
            Response others = client.get("/v2/docker.io/team-a/xyapp/" + kind, as("b"));
            Response owners = client.get("/v2/docker.io/team-a/xyaxe/" + kind, as("a"));

            assertThat(others.status()).isEqualTo(owners.status());
            assertThat(fields(others)).isEqualTo(fields(owners));
            assertThat(others.text().replaceAll("\"message\":.*", ""))
                    .isEqualTo(owners.text().replaceAll("\"message\":.*", ""));
        }
    }

    @Test
    void nobodyIsAskedUpstreamForWhatIsNotTheirs() {
        for (String path : paths("team-a/xyapp")) {
            client.get(path, as("b"));
            client.get(path);
        }

        assertThat(registry.seen()).isEmpty();
    }

    @Test
    void whoIsUnknownIsAskedForEveryNameUnderThePatternWhetherItIsThereOrNot() {
        pullAll("a");
        List<String> present = paths("team-a/xyapp");
        List<String> absent = paths("team-a/xyaxe");
        for (int i = 0; i < present.size(); i++) {
            Response one = client.get(present.get(i));
            assertThat(one.status()).as(present.get(i)).isEqualTo(401);
            assertThat(shape(one, "xyapp")).isEqualTo(shape(client.get(absent.get(i)), "xyaxe"));
        }
    }

    @Test
    void aDigestThatOneTenantHoldsIsNotAnothersByAnotherName() {
        pullAll("a");
        registry.delete("team-b/xyapp");
        Digest layer = IMAGE.layer(0).digest();

        assertThat(client.get("/v2/docker.io/team-b/xyapp/blobs/" + layer, as("b"))
                        .status())
                .isEqualTo(404);
        assertThat(client.get("/v2/docker.io/team-a/xyapp/blobs/" + layer, as("b"))
                        .status())
                .isEqualTo(404);
        assertThat(client.get("/v2/team-a/xyapp/blobs/" + layer + "?ns=docker.io", as("b"))
                        .status())
                .isEqualTo(404);
        assertThat(client.get("/docker.io/v2/team-a/xyapp/blobs/" + layer, as("b"))
                        .status())
                .isEqualTo(404);
        assertThat(client.get("/v2/index.docker.io/team-a/xyapp/blobs/" + layer, as("b"))
                        .status())
                .isEqualTo(404);
    }

    private void pullAll(String tenant) {
        for (String path : paths("team-" + tenant + "/xyapp")) {
            assertThat(client.get(path, as(tenant)).status()).as(path).isEqualTo(200);
        }
    }

    private static List<String> paths(String repository) {
        String name = "/v2/docker.io/" + repository;
        List<String> paths = new ArrayList<>();
        paths.add(name + "/manifests/1");
        paths.add(name + "/manifests/" + IMAGE.digest());
        paths.add(name + "/blobs/" + IMAGE.config().digest());
        paths.add(name + "/blobs/" + IMAGE.layer(0).digest());
        paths.add(name + "/blobs/" + IMAGE.digest());
        paths.add(name + "/tags/list");
        paths.add(name + "/referrers/" + IMAGE.digest());
        return paths;
    }

    /** Everything of an answer, but its time and the name in it. */
    private static String shape(Response response, String name) {
        return response.status() + " " + response.reason().replace(name, "NAME") + fields(response, name)
                + response.text().replace(name, "NAME");
    }

    private static String fields(Response response, String name) {
        return fields(response).toString().replace(name, "NAME");
    }

    private static Map<String, String> fields(Response response) {
        Map<String, String> fields = new TreeMap<>();
        for (String field : List.of(
                "Content-Type",
                "Cache-Control",
                "Docker-Content-Digest",
                "ETag",
                "WWW-Authenticate",
                "X-Entrepot-Cache",
                "Retry-After",
                "Warning",
                "Age",
                "Docker-Distribution-Api-Version")) {
            fields.put(field, String.valueOf(response.header(field)));
        }
        return fields;
    }

    private static String as(String tenant) {
        return bearer(TestIssuer.token("\"groups\":[\"" + tenant + "\"]"));
    }
}
