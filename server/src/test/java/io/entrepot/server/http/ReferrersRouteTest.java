package io.entrepot.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.oci.Digest;
import io.entrepot.oci.Referrer;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import io.entrepot.server.content.ReferrersList;
import io.entrepot.server.http.RawClient.Response;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReferrersRouteTest {

    private static final Digest SUBJECT = Digest.of(new byte[] {1});
    private static final String REPOSITORY = new Repository(Registry.DOCKER_HUB, "library/alpine").toString();
    private static final String PATH = "/v2/library/alpine/referrers/" + SUBJECT;
    private static final Referrer SIGNATURE = referrer("a", "application/vnd.sig+json");
    private static final Referrer BILL = referrer("b", "application/vnd.sbom");
    private static final Referrer SECOND = referrer("c", "application/vnd.sig+json");

    private final TestMirror mirror = new TestMirror();

    @AfterEach
    void close() {
        mirror.close();
    }

    @Test
    void listsThemAsAnIndex() {
        has(SIGNATURE, BILL);

        Response response = mirror.ask("GET", PATH);

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.header("Content-Type")).isEqualTo("application/vnd.oci.image.index.v1+json");
        assertThat(response.header("Cache-Control")).isEqualTo("no-store");
        assertThat(response.headers()).doesNotContainKeys("link", "oci-filters-applied", "warning");
        assertThat(response.text())
                .isEqualTo(
                        "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":["
                                + SIGNATURE.json() + "," + BILL.json() + "]}");
        assertThat(mirror.ask("HEAD", PATH).header("Content-Length")).isEqualTo(response.header("Content-Length"));
    }

    @Test
    void leavesOutOtherTypesAndSaysSo() {
        has(SIGNATURE, BILL, SECOND);

        Response response = mirror.ask("GET", PATH + "?artifactType=application%2Fvnd.sig%2Bjson");

        assertThat(response.header("OCI-Filters-Applied")).isEqualTo("artifactType");
        assertThat(response.text())
                .contains(SIGNATURE.digest(), SECOND.digest())
                .doesNotContain(BILL.digest());
        assertThat(mirror.ask("GET", PATH + "?artifactType=application/none").text())
                .contains("\"manifests\":[]");
    }

    @Test
    void goesOnWhereThePageBeforeEndedInTheFormInWhichTheClientAsked() {
        has(SIGNATURE, BILL, SECOND);
        String target = "/docker.io" + PATH + "?n=1&artifactType=application/vnd.sig%2Bjson&ns=docker.io";

        String link = mirror.ask("GET", target).header("Link");

        assertThat(link)
                .isEqualTo("</docker.io" + PATH + "?n=1&last=sha256%3A"
                        + SIGNATURE.digest().substring(7)
                        + "&artifactType=application%2Fvnd.sig%2Bjson&ns=docker.io>; rel=\"next\"");
        Response second = mirror.ask("GET", link.substring(1, link.indexOf('>')));
        assertThat(second.text()).contains(SECOND.digest()).doesNotContain(SIGNATURE.digest());
        assertThat(second.headers()).doesNotContainKey("link");
    }

    @Test
    void beginsAnewWhereTheLastOneIsGone() {
        has(SIGNATURE, BILL);

        assertThat(mirror.ask("GET", PATH + "?last=sha256:gone").text()).contains(SIGNATURE.digest(), BILL.digest());
    }

    @Test
    void saysThatAListIsStale() {
        mirror.content.referrers(
                REPOSITORY, SUBJECT, new ReferrersList(List.of(BILL), Duration.ofHours(2), Optional.of("it is down")));

        Response response = mirror.ask("GET", PATH);

        assertThat(response.header("Warning")).isEqualTo("110 - \"Response is Stale\"");
        assertThat(response.header("Age")).isEqualTo("7200");
        assertThat(response.header("X-Entrepot-Stale")).isEqualTo("it is down");
    }

    @Test
    void isUnavailableWhereItCannotBeKnown() {
        Response response = mirror.ask("GET", PATH);

        assertThat(response.status()).isEqualTo(503);
        assertThat(response.header("Retry-After")).isEqualTo("10");
        assertThat(response.reason()).isEqualTo("cannot be known");
    }

    @ParameterizedTest
    @ValueSource(strings = {"latest", "sha256:abc", "md5:d41d8cd98f00b204e9800998ecf8427e"})
    void takesDigestsOnly(String subject) {
        Response response = mirror.ask("GET", "/v2/library/alpine/referrers/" + subject);

        assertThat(response.status()).isEqualTo(400);
        assertThat(response.text()).contains("DIGEST_INVALID");
    }

    @Test
    void isCountedAsWhatItIs() throws Exception {
        has(SIGNATURE);
        mirror.ask("GET", PATH);

        assertThat(mirror.exchanges.take().kind()).isEqualTo(Exchanged.Kind.REFERRERS);
    }

    private void has(Referrer... referrers) {
        mirror.content.referrers(
                REPOSITORY, SUBJECT, new ReferrersList(List.of(referrers), Duration.ZERO, Optional.empty()));
    }

    private static Referrer referrer(String name, String type) {
        String digest = Digest.of(name.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .toString();
        return new Referrer(digest, type, "{\"digest\":\"" + digest + "\",\"artifactType\":\"" + type + "\"}");
    }
}
