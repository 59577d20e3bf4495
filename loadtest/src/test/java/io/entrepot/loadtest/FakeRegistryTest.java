package io.entrepot.loadtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.oci.Digest;
import java.io.IOException;
import java.net.ConnectException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FakeRegistryTest {

    private static final TestImage IMAGE =
            ImageBuilder.image().seed(7).layer(10_000).layer(300_000).build();
    private static final String REPOSITORY = "/v2/library/alpine";
    private static final Digest ABSENT = Digest.of(new byte[] {1});

    private final FakeRegistry registry = FakeRegistry.start();

    @AfterEach
    void stop() {
        registry.close();
    }

    @Test
    void answersTheBasePath() {
        assertThat(RawHttp.get(registry.url("/v2/")).text()).isEqualTo("{}");
    }

    @Test
    void servesAManifestByTagWithItsHeaders() {
        registry.push("library/alpine", "3.20", IMAGE);

        RawHttp.Response response = RawHttp.get(registry.url(REPOSITORY + "/manifests/3.20"));

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).isEqualTo(IMAGE.manifest());
        assertThat(response.complete()).isTrue();
        assertThat(response.header("Content-Type")).isEqualTo("application/vnd.oci.image.manifest.v1+json");
        assertThat(response.header("Docker-Content-Digest"))
                .isEqualTo(IMAGE.digest().toString());
        assertThat(response.header("Content-Length")).isEqualTo("" + IMAGE.manifest().length);
    }

    @Test
    void answersHeadAsGetWithoutABody() throws IOException {
        registry.push("library/alpine", "3.20", IMAGE);
        try (RawConnection connection = RawConnection.open(registry.url())) {
            RawHttp.Response head =
                    connection.request("HEAD", REPOSITORY + "/manifests/3.20").readAll();
            RawHttp.Response get =
                    connection.request("GET", REPOSITORY + "/manifests/3.20").readAll();

            assertThat(head.headers()).isEqualTo(get.headers());
            assertThat(head.body()).isEmpty();
        }
    }

    @Test
    void servesABlobWhole() {
        registry.push("library/alpine", "3.20", IMAGE);
        Blob layer = IMAGE.layer(1);

        RawHttp.Drained drained = RawHttp.drain(registry.url(REPOSITORY + "/blobs/" + layer.digest()));

        assertThat(drained.digest()).isEqualTo(layer.digest());
        assertThat(drained.complete()).isTrue();
    }

    @Test
    void servesTheRangeThatWasAskedFor() {
        registry.push("library/alpine", "3.20", IMAGE);
        Blob layer = IMAGE.layer(1);

        RawHttp.Response part =
                RawHttp.get(registry.url(REPOSITORY + "/blobs/" + layer.digest()), "Range: bytes=1003-2001");

        assertThat(part.status()).isEqualTo(206);
        assertThat(part.header("Content-Range")).isEqualTo("bytes 1003-2001/300000");
        assertThat(part.body()).isEqualTo(layer.content().part(1003, 999).bytes());
    }

    @Test
    void servesTheLastBytes() {
        registry.push("library/alpine", "3.20", IMAGE);
        Blob layer = IMAGE.layer(0);

        RawHttp.Response part = RawHttp.get(registry.url(REPOSITORY + "/blobs/" + layer.digest()), "Range: bytes=-7");

        assertThat(part.header("Content-Range")).isEqualTo("bytes 9993-9999/10000");
        assertThat(part.body()).isEqualTo(layer.content().part(9993, 7).bytes());
    }

    @Test
    void refusesARangeBeyondTheEnd() {
        registry.push("library/alpine", "3.20", IMAGE);

        RawHttp.Response part =
                RawHttp.get(registry.url(REPOSITORY + "/blobs/" + IMAGE.layer(0).digest()), "Range: bytes=10000-");

        assertThat(part.status()).isEqualTo(416);
        assertThat(part.header("Content-Range")).isEqualTo("bytes */10000");
    }

    @Test
    void sendsTheWholeBlobIfIfRangeDoesNotHold() {
        registry.push("library/alpine", "3.20", IMAGE);

        RawHttp.Response whole = RawHttp.get(
                registry.url(REPOSITORY + "/blobs/" + IMAGE.layer(0).digest()),
                "Range: bytes=5-",
                "If-Range: \"other\"");

        assertThat(whole.status()).isEqualTo(200);
    }

    @Test
    void namesTheErrorOfWhatIsNotThere() {
        registry.push("library/alpine", "3.20", IMAGE);

        RawHttp.Response manifest = RawHttp.get(registry.url(REPOSITORY + "/manifests/9"));
        RawHttp.Response blob = RawHttp.get(registry.url(REPOSITORY + "/blobs/" + ABSENT));

        assertThat(manifest.status()).isEqualTo(404);
        assertThat(manifest.text()).contains("\"code\":\"MANIFEST_UNKNOWN\"");
        assertThat(blob.text()).contains("\"code\":\"BLOB_UNKNOWN\"");
    }

    @Test
    void readsNamesFromTheRight() {
        registry.push("a/manifests/b/blobs/c", "1", IMAGE);

        assertThat(RawHttp.get(registry.url("/v2/a/manifests/b/blobs/c/manifests/1"))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void movesATag() {
        TestImage next = ImageBuilder.image().seed(8).layer(5).build();
        registry.push("library/alpine", "3.20", IMAGE);
        registry.push("library/alpine", "3.20", next);

        assertThat(RawHttp.get(registry.url(REPOSITORY + "/manifests/3.20")).digest())
                .isEqualTo(next.digest());
    }

    @Test
    void forgetsWhatWasDeleted() {
        registry.push("library/alpine", "3.20", IMAGE);
        registry.delete("library/alpine", IMAGE.digest());

        assertThat(RawHttp.get(registry.url(REPOSITORY + "/manifests/3.20")).status())
                .isEqualTo(404);
    }

    @Test
    void remembersEveryRequestAndItsBytes() {
        registry.push("library/alpine", "3.20", IMAGE);
        String path = REPOSITORY + "/blobs/" + IMAGE.layer(0).digest();
        RawHttp.get(registry.url(path + "?ns=docker.io"), "Accept: */*", "Range: bytes=0-99");
        Await.until("the answer is written", () -> registry.seen().get(0).complete());

        Seen seen = registry.seen().get(0);

        assertThat(seen.method()).isEqualTo("GET");
        assertThat(seen.path()).isEqualTo(path);
        assertThat(seen.query()).isEqualTo("ns=docker.io");
        assertThat(seen.headers().first("accept")).contains("*/*");
        assertThat(seen.status()).isEqualTo(206);
        assertThat(seen.bytesSent()).isEqualTo(100);
        assertThat(registry.count("GET", path)).isEqualTo(1);
        assertThat(registry.bytesSent("/blobs/")).isEqualTo(100);
    }

    @Test
    void keepsAConnectionOpen() throws IOException {
        try (RawConnection connection = RawConnection.open(registry.url())) {
            connection.request("GET", "/v2/").readAll();
            connection.request("GET", "/v2/").readAll();
        }

        assertThat(registry.seen()).extracting(Seen::connection).containsExactly(1L, 1L);
    }

    @Test
    void listsTagsInPages() {
        for (String tag : new String[] {"b", "a", "d", "c"}) {
            registry.push("library/alpine", tag, IMAGE);
        }

        RawHttp.Response first = RawHttp.get(registry.url(REPOSITORY + "/tags/list?n=3"));
        RawHttp.Response second = RawHttp.get(registry.url(REPOSITORY + "/tags/list?n=3&last=c"));

        assertThat(first.text()).contains("\"tags\":[\"a\",\"b\",\"c\"]");
        assertThat(first.header("Link")).isEqualTo("</v2/library/alpine/tags/list?last=c&n=3>; rel=\"next\"");
        assertThat(second.text()).contains("\"tags\":[\"d\"]");
        assertThat(second.headers().has("Link")).isFalse();
    }

    @Test
    void refusesPushes() {
        assertThat(RawHttp.exchange("PUT", registry.url(REPOSITORY + "/manifests/1"))
                        .status())
                .isEqualTo(405);
    }

    @Test
    void refusesConnectionsUntilItIsRestartedOnTheSamePort() {
        String before = registry.host();
        registry.stop();
        assertThatThrownBy(() -> RawConnection.open(registry.url())).isInstanceOf(ConnectException.class);

        registry.restart();

        assertThat(registry.host()).isEqualTo(before);
        assertThat(RawHttp.get(registry.url("/v2/")).status()).isEqualTo(200);
    }

    @Test
    void holdsABodyUntilItIsReleased() throws IOException {
        registry.push("library/alpine", "3.20", IMAGE);
        Gate gate = registry.holdBody("/blobs/", 1_000);
        try (RawConnection connection = RawConnection.open(registry.url())) {
            RawAnswer answer = connection.request(
                    "GET", REPOSITORY + "/blobs/" + IMAGE.layer(0).digest());
            answer.readExactly(1_000);
            gate.awaitWaiting(1);
            assertThat(registry.bytesSent()).isEqualTo(1_000);

            gate.release();

            assertThat(answer.readExactly(9_000)).hasSize(9_000);
            assertThat(answer.complete()).isTrue();
        }
    }

    @Test
    void answersNothingWhilePaused() throws IOException {
        registry.pause();
        try (RawConnection connection = RawConnection.open(registry.url())) {
            connection.write("GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n");
            registry.awaitCount(1, "GET", "/v2/");
            assertThat(registry.seen().get(0).status()).isZero();

            registry.resume();

            assertThat(connection.answer("GET").status()).isEqualTo(200);
        }
    }
}
