package io.entrepot.server.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.config.MirrorConfig;
import io.entrepot.oci.Digest;
import io.entrepot.oci.RegistryException;
import io.entrepot.server.content.Content.Blob;
import io.entrepot.server.content.ScriptedUpstream.Script;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** More clients than a download, or the upstream, should bear: here two for each fill, one relay. */
class CrowdTest extends ContentFixture {

    private final byte[] large = random(3_000_000);

    @Override
    MirrorConfig.Fills fills() {
        return new MirrorConfig.Fills(1L << 30, 8, 2, 3, 2, 1, 5_000);
    }

    @Test
    void isToldToComeAgainBeyondTheClientsOfOneFill() {
        byte[] bytes = random(1_000_000);
        Digest digest = linked(bytes);
        CompletableFuture<Void> gate = new CompletableFuture<>();
        upstream.scripts.add(Script.whole(bytes).heldBy(gate));
        CompletableFuture<byte[]> one = readAll(blob(digest));
        CompletableFuture<byte[]> two = readAll(blob(digest));

        assertThatThrownBy(() -> blob(digest))
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(RegistryException.Unavailable.class, told -> {
                    assertThat(told.retryAfter()).isPositive();
                    assertThat(told).hasMessageContaining("2 clients wait for " + digest);
                });
        gate.complete(null);
        assertThat(one.join()).isEqualTo(bytes);
        assertThat(two.join()).isEqualTo(bytes);
        settle();
        assertThat(readAll(blob(digest)).join()).isEqualTo(bytes);
    }

    @Test
    void makesRoomAgainWhenAFillsClientsLeaveOrItFails() {
        byte[] bytes = random(1_000_000);
        Digest digest = linked(bytes);
        CompletableFuture<Void> gate = new CompletableFuture<>();
        upstream.scripts.add(Script.whole(bytes).heldBy(gate));
        blob(digest).body().close();
        blob(digest).body().close();
        CompletableFuture<byte[]> third = readAll(blob(digest));
        gate.complete(null);

        assertThat(third.join()).isEqualTo(bytes);
    }

    @Test
    void isToldToComeAgainBeyondTheRelays() {
        Digest digest = linked(large);
        Blob first = blob(digest);

        assertThat(first.source()).isEqualTo(Blob.Source.RELAY);
        assertThat(content.relaysRunning()).isEqualTo(1);
        assertThatThrownBy(() -> blob(digest))
                .cause()
                .isInstanceOfSatisfying(
                        RegistryException.Unavailable.class,
                        told -> assertThat(told.retryAfter()).isGreaterThanOrEqualTo(Duration.ofSeconds(1)));
        assertThat(readAll(first).join()).isEqualTo(large);
        assertThat(content.relaysRunning()).isZero();
        assertThat(readAll(blob(digest)).join()).isEqualTo(large);
    }

    @Test
    void givesARelaysPlaceBackThatNobodyRead() {
        Digest digest = linked(large);
        blob(digest).body().close();

        assertThat(content.relaysRunning()).isZero();
    }

    @Test
    void givesThePlaceOfARefusedRelayBack() {
        Digest digest = linked(large, 2_999_999);

        assertThatThrownBy(() -> blob(digest)).isInstanceOf(CompletionException.class);
        assertThat(content.relaysRunning()).isZero();
    }

    @Test
    void waitsForAPlaceWhereAReaderHasBegun() {
        Digest digest = linked(large);
        Blob blob = blob(digest);
        CompletableFuture<byte[]> first = new Reading(blob, 0, 1_000).all();
        // a second range of the same body needs a transfer of its own
        assertThat(first.join()).hasSize(1_000);
        Blob other = blob(digest);

        BodyReader more = ((Body.Streamed) blob.body()).open(5, 10);
        CompletableFuture<BodyReader.Piece> piece = more.next(5);
        BodyReader gone = ((Body.Streamed) blob.body()).open(5, 10);
        CompletableFuture<BodyReader.Piece> never = gone.next(5);
        gone.close();
        assertThat(piece).isNotDone();
        assertThat(never).isNotDone();
        assertThat(readAll(other).join()).isEqualTo(large);

        BodyReader.Piece.Memory got = (BodyReader.Piece.Memory) piece.join();
        assertThat(got.bytes().readableBytes()).isEqualTo(5);
        got.bytes().release();
        more.close();
        assertThatThrownBy(never::join).hasMessageContaining("nobody reads");
        assertThat(content.relaysRunning()).isZero();
    }
}
