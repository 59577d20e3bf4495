package io.entrepot.server.upstream;

import static io.entrepot.server.upstream.Bench.ALPINE;
import static io.entrepot.server.upstream.Bench.await;
import static io.entrepot.server.upstream.Bench.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.Auth;
import io.entrepot.loadtest.Blob;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.Fault;
import io.entrepot.loadtest.TokenAuth;
import io.entrepot.oci.Digest;
import io.entrepot.server.upstream.ScriptedRegistry.Answer;
import io.entrepot.server.upstream.UpstreamException.Kind;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlobSizeTest {

    private static final Blob BLOB = Blob.seeded(3, 5_000);

    @Test
    void isWhatHeadSays() {
        try (FakeRegistry registry = pushed(Auth.open());
                Bench bench = Bench.at(registry.url())) {
            assertThat(await(bench.upstream.blobSize(ALPINE, BLOB.digest()))).isEqualTo(5_000);
            assertThat(registry.seen())
                    .singleElement()
                    .satisfies(seen -> assertThat(seen.method()).isEqualTo("HEAD"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 405})
    void isAskedForByOneByteWhereHeadIsRefused(int status) {
        try (FakeRegistry registry = pushed(TokenAuth.anonymous());
                Bench bench = Bench.at(registry.url())) {
            registry.fault(Fault.HEAD_REFUSED.status(status));

            assertThat(await(bench.upstream.blobSize(ALPINE, BLOB.digest()))).isEqualTo(5_000);
            assertThat(registry.bytesSent("/blobs/")).isLessThan(1_000);
        }
    }

    @Test
    void isTheLengthOfTheWholeWhereTheRangeIsIgnored() {
        try (FakeRegistry registry = pushed(Auth.open());
                Bench bench = Bench.at(registry.url())) {
            registry.fault(Fault.HEAD_REFUSED);
            registry.fault(Fault.IGNORE_RANGE);

            assertThat(await(bench.upstream.blobSize(ALPINE, BLOB.digest()))).isEqualTo(5_000);
        }
    }

    @Test
    void isAskedForByOneByteWhereHeadDoesNotSayIt() {
        try (FakeRegistry registry = pushed(Auth.open());
                Bench bench = Bench.at(registry.url())) {
            registry.fault(Fault.CHUNKED.on("HEAD", "/blobs/"));

            assertThat(await(bench.upstream.blobSize(ALPINE, BLOB.digest()))).isEqualTo(5_000);
        }
    }

    @Test
    void isAskedForByOneByteWhereTheStorageRefusesHead() {
        try (FakeRegistry registry = FakeRegistry.builder()
                        .redirectBlobs(Duration.ofMinutes(5))
                        .start();
                Bench bench = Bench.redirecting(registry.url(), Bench.NOBODY, "127.0.0.1")) {
            registry.push("library/alpine", BLOB);
            registry.fault(Fault.STATUS.on("HEAD", "/store/").status(403));

            assertThat(await(bench.upstream.blobSize(ALPINE, BLOB.digest()))).isEqualTo(5_000);
        }
    }

    @Test
    void isUnknownWhereTheUpstreamDoesNotHaveTheBlob() {
        try (FakeRegistry registry = pushed(Auth.open());
                Bench bench = Bench.at(registry.url())) {
            Digest missing = Digest.of(new byte[] {1});

            assertThat(failure(bench.upstream.blobSize(ALPINE, missing)).kind()).isEqualTo(Kind.NOT_FOUND);
            assertThat(registry.seen()).hasSize(1);
        }
    }

    @Test
    void isNotGuessedWhereNobodySaysIt() throws IOException {
        try (ScriptedRegistry odd =
                        ScriptedRegistry.of(request -> request.method().equals("HEAD")
                                ? Answer.of(405)
                                : Answer.of(206, "Content-Range: bytes 0-0/*").with("x"));
                Bench bench = Bench.at(odd.url())) {
            assertThat(failure(bench.upstream.blobSize(ALPINE, BLOB.digest())).kind())
                    .isEqualTo(Kind.INVALID);
        }
    }

    private static FakeRegistry pushed(Auth auth) {
        FakeRegistry registry = FakeRegistry.builder().auth(auth).start();
        registry.push("library/alpine", BLOB);
        return registry;
    }
}
