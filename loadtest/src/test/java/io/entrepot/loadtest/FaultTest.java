package io.entrepot.loadtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each fault does what its comment says, seen from the wire. */
class FaultTest {

    private static final int SIZE = 200_000;
    private static final TestImage IMAGE =
            ImageBuilder.image().seed(3).layer(SIZE).build();
    private static final Blob LAYER = IMAGE.layer(0);
    private static final String MANIFEST = "/v2/library/alpine/manifests/3.20";
    private static final String BLOB = "/v2/library/alpine/blobs/" + LAYER.digest();

    private final FakeRegistry registry = FakeRegistry.start();

    @BeforeEach
    void push() {
        registry.push("library/alpine", "3.20", IMAGE);
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    @Test
    void cutsABody() {
        registry.fault(Fault.CUT_BODY.at(1_234));

        RawHttp.Response response = blob();

        assertThat(response.header("Content-Length")).isEqualTo("" + SIZE);
        assertThat(response.body()).isEqualTo(LAYER.content().part(0, 1_234).bytes());
        assertThat(response.complete()).isFalse();
    }

    @Test
    void cutsABodyBeforeItsFirstAndItsLastByte() {
        registry.fault(Fault.CUT_BODY.at(0).first(1));
        registry.fault(Fault.CUT_BODY.at(SIZE - 1).after(1));

        assertThat(blob().body()).isEmpty();
        assertThat(blob().body()).hasSize(SIZE - 1);
    }

    @Test
    void cutsAChunkedBodyWithoutItsLastChunk() {
        registry.fault(Fault.CHUNKED.everywhere());
        registry.fault(Fault.CUT_BODY.at(SIZE));

        RawHttp.Response response = blob();

        assertThat(response.body()).hasSize(SIZE);
        assertThat(response.complete()).isFalse();
    }

    @Test
    void leavesABodyWholeThatIsShorterThanTheCut() {
        registry.fault(Fault.CUT_BODY.at(SIZE + 1));

        assertThat(blob().complete()).isTrue();
    }

    @Test
    void resetsAConnectionWithinABody() throws IOException {
        registry.fault(Fault.RESET_BODY.at(1_234));
        try (RawConnection connection = RawConnection.open(registry.url())) {
            RawHttp.Response response = connection.request("GET", BLOB).readAll();

            assertThat(response.body()).hasSizeLessThanOrEqualTo(1_234);
            assertThat(response.complete()).isFalse();
        }
    }

    @Test
    void stallsWithinABody() throws IOException {
        registry.fault(Fault.STALL_BODY.at(1_234));
        try (RawConnection connection = RawConnection.open(registry.url())) {
            connection.request("GET", BLOB).readExactly(1_234);

            assertThat(registry.openConnections()).isEqualTo(1);
            assertThat(registry.bytesSent()).isEqualTo(1_234);
        }
        registry.awaitIdle();
    }

    @Test
    void tricklesABody() throws IOException {
        registry.fault(Fault.TRICKLE.rate(20));
        try (RawConnection connection = RawConnection.open(registry.url())) {
            byte[] first = connection.request("GET", BLOB).readExactly(3);

            assertThat(first).isEqualTo(LAYER.content().part(0, 3).bytes());
            assertThat(registry.bytesSent()).isLessThan(SIZE / 2);
        }
    }

    @Test
    void flipsOneBitAtTheSamePlaceInWholeAndPart() {
        registry.fault(Fault.FLIP_BIT.at(100));

        byte[] whole = blob().body();
        byte[] part = RawHttp.get(registry.url(BLOB), "Range: bytes=90-109").body();

        assertThat(whole[100] ^ LAYER.bytes()[100]).isEqualTo(1);
        assertThat(whole[99]).isEqualTo(LAYER.bytes()[99]);
        assertThat(part[10]).isEqualTo(whole[100]);
    }

    @Test
    void sendsOtherBytesOfTheSameLength() {
        registry.fault(Fault.WRONG_BLOB);

        RawHttp.Response response = blob();

        assertThat(response.body()).hasSize(SIZE);
        assertThat(response.digest()).isNotEqualTo(LAYER.digest());
        assertThat(response.complete()).isTrue();
    }

    @Test
    void sendsAPageOfTheSameLengthUnderTheRegistrysHeaders() {
        registry.fault(Fault.WEB_PAGE);

        RawHttp.Response response = blob();

        assertThat(response.body()).hasSize(SIZE);
        assertThat(response.text()).startsWith("<!DOCTYPE html>");
        assertThat(response.header("Content-Type")).isEqualTo("text/html");
        assertThat(response.header("Docker-Content-Digest"))
                .isEqualTo(LAYER.digest().toString());
    }

    @Test
    void sendsAPortalsPageInsteadOfTheAnswer() {
        registry.fault(Fault.PORTAL);

        RawHttp.Response response = manifest();

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.text()).endsWith("</html>");
        assertThat(response.headers().has("Docker-Content-Digest")).isFalse();
    }

    @Test
    void announcesTooFewBytes() throws IOException {
        registry.fault(Fault.LENGTH_SHORT.by(10));
        try (RawConnection connection = RawConnection.open(registry.url())) {
            RawHttp.Response response = connection.request("GET", BLOB).readAll();

            assertThat(response.body()).hasSize(SIZE - 10);
            assertThatThrownBy(connection::closedByServer).hasMessageContaining("expected: nothing more");
        }
    }

    @Test
    void announcesTooManyBytes() {
        registry.fault(Fault.LENGTH_LONG.by(10));

        RawHttp.Response response = blob();

        assertThat(response.header("Content-Length")).isEqualTo("" + (SIZE + 10));
        assertThat(response.body()).hasSize(SIZE);
        assertThat(response.complete()).isFalse();
    }

    @Test
    void servesContentThatLacksItsEnd() {
        registry.fault(Fault.CONTENT_SHORT.by(10));

        RawHttp.Response response = blob();

        assertThat(response.body()).isEqualTo(LAYER.content().part(0, SIZE - 10).bytes());
        assertThat(response.complete()).isTrue();
    }

    @Test
    void servesContentThatGoesOn() {
        registry.fault(Fault.CONTENT_LONG.by(10));

        assertThat(blob().body()).hasSize(SIZE + 10).startsWith(LAYER.bytes());
    }

    @Test
    void endsABodyWithItsConnection() {
        registry.fault(Fault.LENGTH_ABSENT);

        RawHttp.Response response = blob();

        assertThat(response.headers().has("Content-Length")).isFalse();
        assertThat(response.digest()).isEqualTo(LAYER.digest());
    }

    @Test
    void sendsABodyInChunks() throws IOException {
        registry.fault(Fault.CHUNKED);
        try (RawConnection connection = RawConnection.open(registry.url())) {
            RawHttp.Response response = connection.request("GET", BLOB).readAll();

            assertThat(response.headers().has("Content-Length")).isFalse();
            assertThat(response.header("Transfer-Encoding")).isEqualTo("chunked");
            assertThat(response.digest()).isEqualTo(LAYER.digest());
            assertThat(response.complete()).isTrue();
            assertThat(connection.request("GET", "/v2/").status()).isEqualTo(200);
        }
    }

    @Test
    void announcesTwoLengths() {
        registry.fault(Fault.LENGTH_TWICE);

        assertThat(blob().headers().all("Content-Length")).containsExactly("200001", "200000");
    }

    @Test
    void ignoresARange() {
        registry.fault(Fault.IGNORE_RANGE);

        RawHttp.Response response = RawHttp.get(registry.url(BLOB), "Range: bytes=100-");

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).hasSize(SIZE);
    }

    @Test
    void servesTheRangeBesideTheOneAskedFor() {
        registry.fault(Fault.WRONG_CONTENT_RANGE.by(-5));

        RawHttp.Response response = RawHttp.get(registry.url(BLOB), "Range: bytes=100-199");

        assertThat(response.status()).isEqualTo(206);
        assertThat(response.header("Content-Range")).isEqualTo("bytes 95-194/200000");
        assertThat(response.body()).isEqualTo(LAYER.content().part(95, 100).bytes());
    }

    @Test
    void doesNotSayWhichRangeItServes() {
        registry.fault(Fault.NO_CONTENT_RANGE);

        RawHttp.Response response = RawHttp.get(registry.url(BLOB), "Range: bytes=100-199");

        assertThat(response.status()).isEqualTo(206);
        assertThat(response.headers().has("Content-Range")).isFalse();
    }

    @Test
    void saysAnotherETagEachTimeSoThatNoIfRangeHolds() {
        registry.fault(Fault.OTHER_ETAG);

        String first = blob().header("ETag");
        RawHttp.Response second = RawHttp.get(registry.url(BLOB), "Range: bytes=9-", "If-Range: " + first);

        assertThat(second.header("ETag")).isNotEqualTo(first);
        assertThat(second.status()).isEqualTo(200);
    }

    @Test
    void hasNoETag() {
        registry.fault(Fault.NO_ETAG);

        assertThat(blob().headers().has("ETag")).isFalse();
    }

    @Test
    void answersAStatusWithRetryAfter() {
        registry.fault(Fault.STATUS.status(429).lasting(Duration.ofSeconds(17)));

        RawHttp.Response response = manifest();

        assertThat(response.status()).isEqualTo(429);
        assertThat(response.header("Retry-After")).isEqualTo("17");
        assertThat(response.text()).contains("TOOMANYREQUESTS");
    }

    @Test
    void answersAStatusWithAText() {
        registry.fault(Fault.STATUS.status(502).text("bad gateway"));

        assertThat(manifest().text()).isEqualTo("bad gateway");
    }

    @Test
    void neverAnswers() throws IOException {
        registry.fault(Fault.HANG);
        try (RawConnection connection = RawConnection.open(registry.url())) {
            connection.write("GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n");
            registry.awaitCount(1, "GET", "/v2/");

            assertThat(registry.openConnections()).isEqualTo(1);
            assertThat(registry.seen().get(0).status()).isZero();
        }
        registry.awaitIdle();
    }

    @Test
    void dripsItsHead() throws IOException {
        registry.fault(Fault.HANG_HEADERS.lasting(Duration.ofMillis(1)));

        assertThat(manifest().digest()).isEqualTo(IMAGE.digest());
    }

    @Test
    void closesWithoutAnAnswer() {
        registry.fault(Fault.NO_ANSWER);

        assertThatThrownBy(this::manifest).hasRootCauseMessage("head ends after:  (expected: a whole head)");
    }

    @Test
    void closesAfterAnAnswerThatHadNotSaidSo() throws IOException {
        registry.fault(Fault.CLOSE_AFTER);
        try (RawConnection connection = RawConnection.open(registry.url())) {
            RawHttp.Response response = connection.request("GET", "/v2/").readAll();

            assertThat(response.headers().has("Connection")).isFalse();
            assertThat(connection.closedByServer()).isTrue();
        }
    }

    @Test
    void refusesConnectionsForAWhile() {
        registry.fault(Fault.REFUSE.lasting(Duration.ofMillis(100)).first(1));

        assertThatThrownBy(this::manifest).isInstanceOf(UncheckedIOException.class);
        Await.until("it listens again", this::listens);
    }

    @Test
    void talksSomethingElse() {
        registry.fault(Fault.GARBAGE);

        assertThatThrownBy(this::manifest)
                .hasRootCauseMessage("status line: SSH-2.0-OpenSSH_9.2p1 (expected: HTTP/1.x)");
    }

    @Test
    void sendsAHugeHead() {
        registry.fault(Fault.HUGE_HEAD.by(100_000));

        assertThat(manifest().header("X-Padding")).hasSize(100_000);
    }

    @Test
    void leavesOutTheContentType() {
        registry.fault(Fault.NO_CONTENT_TYPE);

        assertThat(manifest().headers().has("Content-Type")).isFalse();
    }

    @Test
    void saysAnotherContentType() {
        registry.fault(Fault.WRONG_CONTENT_TYPE.text("text/html"));

        assertThat(manifest().header("Content-Type")).isEqualTo("text/html");
    }

    @Test
    void leavesOutTheDigest() {
        registry.fault(Fault.NO_DIGEST_HEADER);

        assertThat(manifest().headers().has("Docker-Content-Digest")).isFalse();
    }

    @Test
    void saysAnotherDigest() {
        registry.fault(Fault.WRONG_DIGEST_HEADER);

        assertThat(manifest().header("Docker-Content-Digest")).endsWith(":" + "0".repeat(64));
    }

    @Test
    void compressesTheBody() throws IOException {
        registry.fault(Fault.CONTENT_ENCODING_GZIP);

        RawHttp.Response response = manifest();

        assertThat(response.header("Content-Encoding")).isEqualTo("gzip");
        assertThat(new GZIPInputStream(new ByteArrayInputStream(response.body())).readAllBytes())
                .isEqualTo(IMAGE.manifest());
    }

    @Test
    void redirects() {
        registry.fault(Fault.REDIRECT_TO.text("http://169.254.169.254/latest/").on("/manifests/"));

        assertThat(manifest().status()).isEqualTo(307);
        assertThat(manifest().header("Location")).isEqualTo("http://169.254.169.254/latest/");
    }

    @Test
    void challengesWithAForeignRealm() {
        registry.fault(Fault.REALM.text("http://evil.example/token"));

        assertThat(manifest().header("WWW-Authenticate")).contains("realm=\"http://evil.example/token\"");
    }

    @Test
    void demandsAuthenticationWithoutSayingHow() {
        registry.fault(Fault.NO_CHALLENGE);

        assertThat(manifest().status()).isEqualTo(401);
        assertThat(manifest().headers().has("WWW-Authenticate")).isFalse();
    }

    @Test
    void refusesHeadButNotGet() {
        registry.fault(Fault.HEAD_REFUSED.status(401));

        assertThat(RawHttp.head(registry.url(MANIFEST)).status()).isEqualTo(401);
        assertThat(manifest().status()).isEqualTo(200);
    }

    @Test
    void movesATagAtEveryCallAndKeepsEachDigest() {
        registry.fault(Fault.MOVE_TAG_EACH_CALL);

        RawHttp.Response first = manifest();
        RawHttp.Response second = manifest();
        URI byDigest = registry.url("/v2/library/alpine/manifests/" + first.digest());

        assertThat(second.digest()).isNotEqualTo(first.digest());
        assertThat(second.header("Docker-Content-Digest"))
                .isEqualTo(second.digest().toString());
        assertThat(RawHttp.get(byDigest).body()).isEqualTo(first.body());
    }

    @Test
    void wantsAcceptToNameTheType() {
        registry.fault(Fault.NEEDS_ACCEPT);

        assertThat(manifest().status()).isEqualTo(404);
        assertThat(RawHttp.get(registry.url(MANIFEST), "Accept: application/json, " + IMAGE.mediaType())
                        .status())
                .isEqualTo(200);
    }

    @Test
    void sendsInterimAnswersFirst() throws IOException {
        registry.fault(Fault.INTERIM_1XX);
        try (RawConnection connection = RawConnection.open(registry.url())) {
            RawHttp.Response response = connection.request("GET", MANIFEST).readAll();

            assertThat(response.digest()).isEqualTo(IMAGE.digest());
            assertThat(connection.interimAnswers()).containsExactly(103, 100);
        }
    }

    @Test
    void appliesOnlyWhereItWasInjected() {
        registry.fault(Fault.STATUS.on("HEAD", "/manifests/"));

        assertThat(manifest().status()).isEqualTo(200);
        assertThat(RawHttp.head(registry.url(BLOB)).status()).isEqualTo(200);
        assertThat(RawHttp.head(registry.url(MANIFEST)).status()).isEqualTo(503);
    }

    @Test
    void appliesToTheRequestsThatItWasCountedFor() {
        ActiveFault fault =
                registry.fault(Fault.STATUS.on("/manifests/").after(1).first(2));

        assertThat(manifest().status()).isEqualTo(200);
        assertThat(manifest().status()).isEqualTo(503);
        assertThat(manifest().status()).isEqualTo(503);
        assertThat(manifest().status()).isEqualTo(200);
        assertThat(fault.hits()).isEqualTo(2);
    }

    @Test
    void endsWhenItIsRemoved() {
        ActiveFault fault = registry.fault(Fault.STATUS);
        fault.remove();

        assertThat(manifest().status()).isEqualTo(200);
    }

    private RawHttp.Response blob() {
        return RawHttp.get(registry.url(BLOB));
    }

    private RawHttp.Response manifest() {
        return RawHttp.get(registry.url(MANIFEST));
    }

    private boolean listens() {
        try (RawConnection connection = RawConnection.open(registry.url())) {
            return connection.request("GET", "/v2/").status() == 200;
        } catch (IOException e) {
            return false;
        }
    }
}
