package io.entrepot.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.Fault;
import io.entrepot.loadtest.Gate;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.loadtest.RawHttp.Response;
import io.entrepot.oci.Digest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** F01–F04, F11, F12: transfers that break, lie or bring the wrong bytes. */
class BrokenTransferTest extends FaultFixture {

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 4095, 4096, 4097, 65_535, 65_536, 500_000, 934_464, 999_999})
    void resumesByRangeWhereTheUpstreamCutTheBody(long at) {
        pullManifest();
        registry.fault(Fault.CUT_BODY.at(at).on("GET", "/blobs/").first(1));

        assertWhole(pullBlob());
        assertThat(registry.count("GET", "/blobs/" + layer)).isEqualTo(2);
        assertThat(registry.bytesSent("/blobs/" + layer)).isEqualTo(MEGABYTE);
    }

    @Test
    void resumesAfterAReset() {
        pullManifest();
        registry.fault(Fault.RESET_BODY.at(300_000).on("GET", "/blobs/").first(1));

        assertWhole(pullBlob());
    }

    @Test
    void resumesAfterAStall() throws Exception {
        mirror = startMirror(IMPATIENT, otherStore());
        pullManifest();
        registry.fault(Fault.STALL_BODY.at(300_000).on("GET", "/blobs/").first(1));

        assertWhole(pullBlob());
    }

    @Test
    void endsShortWhereTheUpstreamCutsAgainAndAgain() {
        pullManifest();
        registry.fault(Fault.CUT_BODY.at(0).on("GET", "/blobs/").after(1));
        registry.fault(Fault.CUT_BODY.at(300_000).on("GET", "/blobs/").first(1));

        assertCutShort(pullBlob());
        assertThat(registry.count("GET", "/blobs/" + layer)).isEqualTo(4);
        assertThat(isHeld(layer)).isFalse();
    }

    @ParameterizedTest
    @EnumSource(names = {"FLIP_BIT", "WRONG_BLOB"})
    void neverGivesOutTheEndOfWrongBytes(Fault fault) {
        pullManifest();
        registry.fault(fault.on("GET", "/blobs/").first(1));

        assertCutShort(pullBlob());
        eventually(() -> assertThat(isHeld(layer)).isFalse());

        assertWhole(pullBlob());
    }

    @Test
    void neverGivesOutTheEndOfARangeOfWrongBytes() {
        pullManifest();
        registry.fault(Fault.FLIP_BIT.at(10).on("GET", "/blobs/").first(1));

        Response range = RawHttp.get(blob(layer), "Range: bytes=100000-299999");

        assertThat(range.status()).isEqualTo(206);
        assertThat(range.complete()).isFalse();
        assertThat(range.body().length).isLessThanOrEqualTo(200_000 - WITHHELD);
    }

    @ParameterizedTest
    @EnumSource(
            names = {"WEB_PAGE", "PORTAL", "CONTENT_ENCODING_GZIP", "LENGTH_SHORT", "CONTENT_SHORT", "CONTENT_LONG"})
    void refusesWithA502WhatCanBeSeenToBeWrong(Fault fault) {
        pullManifest();
        registry.fault(fault.on("GET", "/blobs/").first(1));

        Response refused = pullBlob();

        assertThat(refused.status()).isEqualTo(502);
        assertThat(refused.complete()).isTrue();
        assertWhole(pullBlob());
    }

    @Test
    void refusesALengthThatIsLongerThanTheManifestSays() {
        pullManifest();
        registry.fault(Fault.LENGTH_LONG.on("GET", "/blobs/").first(1));

        assertThat(pullBlob().status()).isEqualTo(502);
    }

    @ParameterizedTest
    @EnumSource(names = {"LENGTH_ABSENT", "CHUNKED"})
    void takesTheManifestsSizeWhereTheUpstreamSaysNone(Fault fault) {
        pullManifest();
        registry.fault(fault.on("GET", "/blobs/").first(1));

        assertWhole(pullBlob());
    }

    @ParameterizedTest
    @EnumSource(names = {"IGNORE_RANGE", "OTHER_ETAG", "WRONG_CONTENT_RANGE", "NO_CONTENT_RANGE"})
    void startsAgainFromZeroWhereTheRangeIsNotHonoured(Fault fault) {
        pullManifest();
        registry.fault(Fault.CUT_BODY.at(300_000).on("GET", "/blobs/").first(1));
        registry.fault(fault.on("GET", "/blobs/"));

        assertWhole(pullBlob());
    }

    @Test
    void endsShortWhereTheSecondTransferBringsOtherBytes() {
        pullManifest();
        registry.fault(Fault.CUT_BODY.at(300_000).on("GET", "/blobs/").first(1));
        registry.fault(Fault.IGNORE_RANGE.on("GET", "/blobs/").after(1));
        registry.fault(Fault.FLIP_BIT.at(1_000).on("GET", "/blobs/").after(1));

        assertCutShort(pullBlob());
        assertThat(isHeld(layer)).isFalse();
    }

    @Test
    void carriesAHundredReadersOverTheDeathOfTheTransfer() {
        pullManifest();
        Gate gate = registry.holdBody("/blobs/" + layer, 100_000);
        registry.fault(Fault.RESET_BODY.at(500_000).on("GET", "/blobs/").first(1));
        List<CompletableFuture<Response>> readers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            readers.add(pulling(blob(layer)));
        }

        gate.awaitWaiting(1);
        gate.release();

        assertThat(readers).allSatisfy(reader -> assertWhole(reader.join()));
        assertThat(registry.count("GET", "/blobs/" + layer)).isEqualTo(2);
    }

    @Test
    void goesOnWhenTheOnlyClientLeft() throws Exception {
        pullManifest();
        Gate gate = registry.holdBody("/blobs/" + layer, 200_000);
        try (java.net.Socket client = new java.net.Socket("127.0.0.1", mirror.port())) {
            client.setSoLinger(true, 0);
            client.getOutputStream()
                    .write(("GET " + blob(layer).getPath() + " HTTP/1.1\r\nHost: m\r\n\r\n").getBytes("US-ASCII"));
            assertThat(client.getInputStream().read(new byte[1])).isEqualTo(1);
        }

        gate.release();

        eventually(() -> assertThat(isHeld(layer)).isTrue());
        assertWhole(pullBlob());
        assertThat(registry.count("GET", "/blobs/" + layer)).isEqualTo(1);
    }

    @Test
    void abandonsATransferThatTricklesForAnotherConnection() throws Exception {
        mirror = startMirror(
                "internal: true, deadlines: { connect: 60s, headers: 60s, idle: 3s }, min-rate: 10KB", otherStore());
        pullManifest();
        registry.fault(Fault.TRICKLE.rate(1_000).on("GET", "/blobs/").first(1));

        assertWhole(pullBlob());
        assertThat(registry.count("GET", "/blobs/" + layer)).isEqualTo(2);
    }

    @Test
    void givesOutAnyRangeWhileTheBlobGrows() {
        pullManifest();
        Gate gate = registry.holdBody("/blobs/" + layer, 200_000);
        CompletableFuture<Response> middle = pulling(blob(layer), "Range: bytes=400000-699999");
        CompletableFuture<Response> open = pulling(blob(layer), "Range: bytes=900000-");
        CompletableFuture<Response> suffix = pulling(blob(layer), "Range: bytes=-10");
        CompletableFuture<Response> beyond = pulling(blob(layer), "Range: bytes=1000000-");

        assertThat(beyond.join().status()).isEqualTo(416);
        assertThat(beyond.join().header("Content-Range")).isEqualTo("bytes */1000000");
        gate.release();

        assertRange(middle.join(), 400_000, 700_000);
        assertRange(open.join(), 900_000, 1_000_000);
        assertRange(suffix.join(), 999_990, 1_000_000);
        assertThat(registry.count("GET", "/blobs/" + layer)).isEqualTo(1);
    }

    @Test
    void fetchesAFarRangeByItselfWhereTheUpstreamsReadersCheckChunksThemselves() throws Exception {
        io.entrepot.loadtest.TestImage large = io.entrepot.loadtest.ImageBuilder.image()
                .seed(9)
                .layer(20 * MEGABYTE)
                .build();
        registry.push(REPOSITORY, "2", large);
        mirror = startMirror("internal: true, unverified-ranges: serve", otherStore());
        assertThat(RawHttp.get(manifest("2")).status()).isEqualTo(200);
        Digest blob = large.layer(0).digest();
        Gate gate = registry.holdBody("/blobs/" + blob, 9_000_000);
        CompletableFuture<Response> whole = pulling(blob(blob));
        gate.awaitWaiting(1);

        Response far = RawHttp.get(blob(blob), "Range: bytes=19000000-19000999");

        assertThat(far.status()).isEqualTo(206);
        assertThat(far.body()).isEqualTo(Arrays.copyOfRange(large.layer(0).bytes(), 19_000_000, 19_001_000));
        gate.release();
        assertThat(whole.join().digest()).isEqualTo(blob);
    }

    private void assertRange(Response response, int from, int to) {
        assertThat(response.status()).isEqualTo(206);
        assertThat(response.complete()).isTrue();
        assertThat(response.header("Content-Range")).isEqualTo("bytes " + from + "-" + (to - 1) + "/1000000");
        assertThat(response.body()).isEqualTo(Arrays.copyOfRange(bytes, from, to));
    }
}
