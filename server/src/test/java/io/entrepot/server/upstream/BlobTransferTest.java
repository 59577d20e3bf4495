package io.entrepot.server.upstream;

import static io.entrepot.server.upstream.Bench.ALPINE;
import static io.entrepot.server.upstream.Bench.await;
import static io.entrepot.server.upstream.Bench.drain;
import static io.entrepot.server.upstream.Bench.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.loadtest.Blob;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.Fault;
import io.entrepot.oci.Digest;
import io.entrepot.server.upstream.ScriptedRegistry.Answer;
import io.entrepot.server.upstream.UpstreamException.Kind;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BlobTransferTest {

    private static final int SIZE = 300_000;

    private final Blob blob = Blob.seeded(7, SIZE);
    private final FakeRegistry registry = FakeRegistry.start();
    private final Bench bench = Bench.at(registry.url());

    @BeforeEach
    void push() {
        registry.push("library/alpine", blob);
    }

    @AfterEach
    void close() {
        bench.close();
        registry.close();
    }

    @Test
    void bringsTheWholeByOneRequest() {
        BlobReply reply = await(from(0));

        assertThat(reply.from()).isZero();
        assertThat(reply.size()).hasValue(SIZE);
        assertThat(drain(reply)).isEqualTo(blob.bytes());
        assertThat(registry.seen()).singleElement().satisfies(seen -> {
            assertThat(seen.method()).isEqualTo("GET");
            assertThat(seen.headers().has("Range")).isFalse();
            assertThat(seen.headers().first("Accept-Encoding")).contains("identity");
        });
    }

    @Test
    void goesOnWhereItIsTold() {
        BlobReply reply = await(from(1_000));

        assertThat(reply.from()).isEqualTo(1_000);
        assertThat(reply.size()).hasValue(SIZE);
        assertThat(drain(reply)).isEqualTo(tail(1_000));
    }

    @Test
    void goesOnOnlyInTheSameContent() {
        BlobReply first = await(from(0));
        String validator = first.validator().orElseThrow();
        first.close();

        BlobReply same = await(bench.upstream.blob(ALPINE, blob.digest(), 5, Optional.of(validator)));
        BlobReply other = await(bench.upstream.blob(ALPINE, blob.digest(), 5, Optional.of("\"other\"")));

        assertThat(same.from()).isEqualTo(5);
        assertThat(other.from()).isZero();
        same.close();
        other.close();
        assertThat(registry.seen().get(1).headers().first("If-Range")).contains(validator);
    }

    @Test
    void takesTheWholeWhereTheRangeIsIgnored() {
        registry.fault(Fault.IGNORE_RANGE);

        BlobReply reply = await(from(1_000));

        assertThat(reply.from()).isZero();
        assertThat(drain(reply)).isEqualTo(blob.bytes());
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"WRONG_CONTENT_RANGE", "NO_CONTENT_RANGE"})
    void refusesAPartThatIsAnotherOrDoesNotSayWhichItIs(Fault fault) {
        registry.fault(fault);

        assertThat(failure(from(1_000)).kind()).isEqualTo(Kind.INVALID);
        assertThat(failure(bench.upstream.blobRange(ALPINE, blob.digest(), 10, 20))
                        .kind())
                .isEqualTo(Kind.INVALID);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bytes 5-8/10",
                "bytes 4-9/10",
                "bytes 6-9/10",
                "bytes 5-9/*",
                "bytes 5-9/9",
                "bytes 5-10/11",
                "bytes */10",
                "items 5-9/10"
            })
    void refusesARangeThatLies(String range) throws IOException {
        Answer answer = Answer.of(206, "Content-Range: " + range).with("56789");
        try (ScriptedRegistry odd = ScriptedRegistry.always(answer);
                Bench other = Bench.at(odd.url())) {
            assertThat(failure(other.upstream.blob(ALPINE, blob.digest(), 5, Optional.empty()))
                            .kind())
                    .isEqualTo(Kind.INVALID);
        }
    }

    @Test
    void saysWhatCameAndWhatWasExpected() throws IOException {
        Answer answer = Answer.of(206, "Content-Range: bytes 4-9/10").with("456789");
        try (ScriptedRegistry odd = ScriptedRegistry.always(answer);
                Bench other = Bench.at(odd.url())) {
            assertThat(failure(other.upstream.blob(ALPINE, blob.digest(), 5, Optional.empty())))
                    .hasMessage("registry.test: sent bytes 4-9/10 (expected: bytes 5-9)");
        }
    }

    @Test
    void refusesAPartThatNobodyAskedFor() throws IOException {
        Answer answer = Answer.of(206, "Content-Range: bytes 0-4/10").with("01234");
        try (ScriptedRegistry odd = ScriptedRegistry.always(answer);
                Bench other = Bench.at(odd.url())) {
            assertThat(failure(other.upstream.blob(ALPINE, blob.digest(), 0, Optional.empty()))
                            .kind())
                    .isEqualTo(Kind.INVALID);
        }
    }

    @Test
    void refusesAPositionBeyondTheEnd() {
        assertThat(failure(from(SIZE + 1)).kind()).isEqualTo(Kind.INVALID);
    }

    @Test
    void bringsExactlyThePartThatWasAskedFor() {
        BlobReply reply = await(bench.upstream.blobRange(ALPINE, blob.digest(), 100, 200));

        assertThat(reply.from()).isEqualTo(100);
        assertThat(reply.size()).hasValue(SIZE);
        assertThat(drain(reply)).isEqualTo(Arrays.copyOfRange(blob.bytes(), 100, 200));
        assertThat(registry.seen().get(0).headers().first("Range")).contains("bytes=100-199");
    }

    @Test
    void takesNoWholeForAPart() {
        registry.fault(Fault.IGNORE_RANGE);

        assertThat(failure(bench.upstream.blobRange(ALPINE, blob.digest(), 100, 200)))
                .hasMessage("registry.test: sent the whole of a blob (expected: 206 with bytes=100-199)")
                .extracting(UpstreamException::kind)
                .isEqualTo(Kind.INVALID);
    }

    @Test
    void takesNoShorterPart() {
        assertThat(failure(bench.upstream.blobRange(ALPINE, blob.digest(), SIZE - 10, SIZE + 10))
                        .kind())
                .isEqualTo(Kind.INVALID);
    }

    @Test
    void asksForNoEmptyPart() {
        assertThatThrownBy(() -> bench.upstream.blobRange(ALPINE, blob.digest(), 10, 10))
                .hasMessage("range: 10 to 10 (expected: 0 <= from < to)");
    }

    @Test
    void knowsNoSizeThatIsNotSaid() {
        registry.fault(Fault.CHUNKED);

        BlobReply reply = await(from(0));

        assertThat(reply.size()).isEmpty();
        assertThat(drain(reply)).isEqualTo(blob.bytes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"W/\"weak\"", "unquoted", "\"", "\"half"})
    void takesOnlyAStrongValidator(String etag) throws IOException {
        Answer answer = Answer.of(200, "ETag: " + etag).with("0123456789");
        try (ScriptedRegistry odd = ScriptedRegistry.always(answer);
                Bench other = Bench.at(odd.url())) {
            BlobReply reply = await(other.upstream.blob(ALPINE, blob.digest(), 0, Optional.empty()));

            assertThat(reply.validator()).isEmpty();
            reply.close();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"WEB_PAGE", "PORTAL", "CONTENT_ENCODING_GZIP"})
    void refusesWhatIsNoBlob(Fault fault) {
        registry.fault(fault);

        assertThat(failure(from(0)).kind()).isEqualTo(Kind.INVALID);
    }

    @Test
    void saysThatItWasCutAfterWhatCame() {
        registry.fault(Fault.CUT_BODY.at(100_000));
        BlobReply reply = await(from(0));
        int came = 0;
        CompletableFuture<Optional<ByteBuf>> next = reply.next();
        while (came < 100_000) {
            ByteBuf piece = await(next).orElseThrow();
            came += piece.readableBytes();
            piece.release();
            next = reply.next();
        }

        assertThat(failure(next).kind()).isEqualTo(Kind.CUT);
        reply.close();
    }

    @Test
    void endsWhenNothingComesAnyMore() {
        registry.fault(Fault.STALL_BODY.at(0));
        try (Bench impatient = Bench.waiting(registry.url(), Bench.PATIENT, Bench.SHORT)) {
            BlobReply reply = await(impatient.upstream.blob(ALPINE, blob.digest(), 0, Optional.empty()));

            assertThat(failure(reply.next()).kind()).isEqualTo(Kind.TIMEOUT);
            reply.close();
        }
    }

    @Test
    void failsOnceItIsClosed() {
        BlobReply reply = await(from(0));

        reply.close();

        assertThat(failure(reply.next()).kind()).isEqualTo(Kind.CUT);
    }

    @Test
    void isUnknownWhereTheUpstreamDoesNotHaveIt() {
        Digest missing = Digest.of(new byte[] {1});

        UpstreamException failure = failure(bench.upstream.blob(ALPINE, missing, 0, Optional.empty()));

        assertThat(failure)
                .hasMessage("registry.test: 404 not found: blob unknown: " + missing)
                .extracting(UpstreamException::kind)
                .isEqualTo(Kind.NOT_FOUND);
    }

    private CompletableFuture<BlobReply> from(long position) {
        return bench.upstream.blob(ALPINE, blob.digest(), position, Optional.empty());
    }

    private byte[] tail(int position) {
        return Arrays.copyOfRange(blob.bytes(), position, SIZE);
    }
}
