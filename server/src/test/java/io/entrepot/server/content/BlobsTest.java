package io.entrepot.server.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.oci.Digest;
import io.entrepot.oci.MediaType;
import io.entrepot.oci.RegistryException;
import io.entrepot.server.content.Content.Blob;
import io.entrepot.server.content.Content.BlobInfo;
import io.entrepot.server.content.ScriptedUpstream.Script;
import io.entrepot.server.upstream.UpstreamException;
import io.entrepot.server.upstream.UpstreamException.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class BlobsTest extends ContentFixture {

    private final byte[] bytes = random(1_000_000);

    @Test
    void fetchesOnceForAnyNumberOfReaders() {
        Digest digest = linked(bytes);
        CompletableFuture<Void> gate = new CompletableFuture<>();
        upstream.scripts.add(Script.whole(bytes).heldBy(gate));
        List<CompletableFuture<byte[]>> readers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            readers.add(readAll(blob(digest)));
        }

        gate.complete(null);

        assertThat(readers).allSatisfy(reader -> assertThat(reader.join()).isEqualTo(bytes));
        assertThat(upstream.asked).containsExactly("BLOB 0");
    }

    @Test
    void servesWhatItHoldsWithoutAskingAnybody() {
        Digest digest = linked(bytes);
        readAll(blob(digest)).join();
        settle();
        upstream.asked.clear();

        assertThat(readAll(blob(digest)).join()).isEqualTo(bytes);
        assertThat(blob(digest).source()).isEqualTo(Blob.Source.HIT);
        assertThat(upstream.asked).isEmpty();
    }

    @Test
    void resumesWhereTheTransferBroke() {
        Digest digest = linked(bytes);
        upstream.scripts.add(Script.breakAt(300_000, bytes));

        assertThat(readAll(blob(digest)).join()).isEqualTo(bytes);
        assertThat(upstream.asked).containsExactly("BLOB 0", "BLOB 300000");
    }

    @Test
    void goesOnAfterARestartFromZeroThatBringsTheSameBytes() {
        Digest digest = linked(bytes);
        upstream.scripts.add(Script.breakAt(300_000, bytes));
        upstream.scripts.add(Script.whole(bytes).ignoringRange());

        assertThat(readAll(blob(digest)).join()).isEqualTo(bytes);
    }

    @Test
    void endsShortAfterARestartThatBringsOtherBytes() {
        Digest digest = linked(bytes);
        upstream.scripts.add(Script.breakAt(300_000, bytes));
        upstream.scripts.add(Script.whole(random(1_000_000, 99)).ignoringRange());

        assertThatThrownBy(readAll(blob(digest))::join).hasMessageContaining("came again with other bytes");
    }

    @Test
    void givesUpAfterTooManyBreaks() {
        Digest digest = linked(bytes);
        for (int i = 0; i < 9; i++) {
            upstream.scripts.add(Script.breakAt(300_000, bytes));
        }

        assertThatThrownBy(readAll(blob(digest))::join).hasMessageContaining("cut at 300000");
        assertThat(upstream.asked).hasSize(4);
    }

    @Test
    void neverGivesOutTheEndOfWrongBytesAndKeepsNothing() {
        Digest digest = linked(bytes);
        byte[] wrong = bytes.clone();
        wrong[10] ^= 1;
        upstream.scripts.add(Script.whole(wrong));
        Reading reading = new Reading(blob(digest), 0, bytes.length);

        assertThatThrownBy(reading.all()::join).hasMessageContaining("do not hash");
        assertThat(reading.read()).isLessThanOrEqualTo(bytes.length - Gate.WITHHELD);
        settle();
        assertThat(held(digest)).isFalse();
        assertThat(incidents).hasAtLeastOneElementOfType(Incident.WrongBytes.class);
    }

    @Test
    void fetchesAgainAfterWrongBytes() {
        Digest digest = linked(bytes);
        upstream.scripts.add(Script.whole(random(1_000_000, 5)));
        readAll(blob(digest)).handle((done, failure) -> null).join();
        settle();

        assertThat(readAll(blob(digest)).join()).isEqualTo(bytes);
    }

    @Test
    void refusesASizeThatIsNotTheManifests() {
        Digest digest = linked(bytes);
        upstream.scripts.add(Script.whole(Arrays.copyOf(bytes, 999_999)));

        assertThatThrownBy(() -> blob(digest))
                .hasCauseInstanceOf(RegistryException.BadUpstream.class)
                .hasMessageContaining("999999 bytes, its manifest says 1000000");
    }

    @Test
    void needsASizeFromSomebody() {
        Digest digest = upstream.blob(bytes);
        upstream.scripts.add(Script.whole(bytes).sayingNoSize());

        assertThatThrownBy(
                        () -> content.blob(upstream, REPOSITORY, digest, true).join())
                .hasMessageContaining("without its size");
    }

    @Test
    void takesTheManifestsSizeWhereTheUpstreamSaysNone() {
        Digest digest = linked(bytes);
        upstream.scripts.add(Script.whole(bytes).sayingNoSize());

        assertThat(readAll(blob(digest)).join()).isEqualTo(bytes);
    }

    @Test
    void readsAnyRangeWhileTheBlobGrows() {
        Digest digest = linked(bytes);
        CompletableFuture<Void> gate = new CompletableFuture<>();
        upstream.scripts.add(Script.whole(bytes).heldBy(gate));
        CompletableFuture<byte[]> middle = new Reading(blob(digest), 400_000, 700_000).all();
        CompletableFuture<byte[]> last = new Reading(blob(digest), 999_999, 1_000_000).all();

        gate.complete(null);

        assertThat(middle.join()).isEqualTo(Arrays.copyOfRange(bytes, 400_000, 700_000));
        assertThat(last.join()).isEqualTo(Arrays.copyOfRange(bytes, 999_999, 1_000_000));
    }

    @Test
    void goesOnWhenNobodyIsLeft() {
        Digest digest = linked(bytes);
        CompletableFuture<Void> gate = new CompletableFuture<>();
        upstream.scripts.add(Script.whole(bytes).heldBy(gate));
        blob(digest).body().close();

        gate.complete(null);
        settle();

        assertThat(held(digest)).isTrue();
    }

    @Test
    void passesThroughWhatIsLargerThanTheStore() {
        byte[] large = random(3_000_000);
        Digest digest = linked(large);
        Blob blob = blob(digest);

        assertThat(blob.source()).isEqualTo(Blob.Source.RELAY);
        assertThat(readAll(blob).join()).isEqualTo(large);
        assertThat(held(digest)).isFalse();
        assertThat(upstream.asked).containsExactly("BLOB 0");
    }

    @Test
    void passesThroughARangeOfWhatIsLargerThanTheStore() {
        byte[] large = random(3_000_000);
        Digest digest = linked(large);

        assertThat(new Reading(blob(digest), 1_000, 2_000_000).all().join())
                .isEqualTo(Arrays.copyOfRange(large, 1_000, 2_000_000));
        assertThat(new Reading(blob(digest), 2_999_999, 3_000_000).all().join())
                .isEqualTo(Arrays.copyOfRange(large, 2_999_999, 3_000_000));
    }

    @Test
    void passesThroughForEachOfThoseWhoWaitedForADownloadThatFoundNoRoom() {
        byte[] large = random(3_000_000);
        Digest digest = linked(large);
        CompletableFuture<Void> gate = new CompletableFuture<>();
        upstream.sizeGate = gate;
        List<CompletableFuture<byte[]>> readers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            readers.add(content.blob(upstream, REPOSITORY, digest, true).thenCompose(this::readAll));
        }

        gate.complete(null);

        assertThat(readers).allSatisfy(reader -> assertThat(reader.join()).isEqualTo(large));
        assertThat(upstream.asked).containsExactly("BLOB 0", "BLOB 0", "BLOB 0");
    }

    @Test
    void passesThroughABlobThatNoManifestNamesByOneRequest() {
        byte[] large = random(3_000_000);
        Digest digest = upstream.blob(large);

        assertThat(readAll(content.blob(upstream, REPOSITORY, digest, true).join())
                        .join())
                .isEqualTo(large);
        assertThat(upstream.asked).containsExactly("BLOB 0");
    }

    @Test
    void makesNoRoomOnTheWordOfAManifestAlone() {
        Digest kept = linked(bytes);
        readAll(blob(kept)).join();
        settle();
        Digest boasted = linked(random(10), 1_900_000);

        assertThatThrownBy(() -> blob(boasted)).hasMessageContaining("its manifest says 1900000");
        assertThat(held(kept)).isTrue();
    }

    @Test
    void makesNoRoomWhereTheUpstreamSaysNoSize() {
        Digest kept = linked(bytes);
        readAll(blob(kept)).join();
        settle();
        byte[] small = random(10, 4);
        Digest boasted = linked(small, 1_900_000);
        upstream.scripts.add(Script.whole(small).sayingNoSize());

        assertThatThrownBy(readAll(blob(boasted))::join).hasMessageContaining("ended");
        assertThat(held(kept)).isTrue();
    }

    @Test
    void refusesAnEmptyBodyForADigestThatIsNotThatOfNothing() {
        Digest digest = Digest.of(bytes);
        upstream.contents.put(digest.toString(), new byte[0]);

        assertThatThrownBy(
                        () -> content.blob(upstream, REPOSITORY, digest, true).join())
                .hasMessageContaining("is not the digest of nothing");
    }

    @Test
    void asksForThisRepositoryWhatTheUpstreamDoesNotHaveInAnother() {
        Digest digest = linked(bytes);
        upstream.without.add(REPOSITORY);
        CompletableFuture<Void> gate = new CompletableFuture<>();
        upstream.sizeGate = gate;
        CompletableFuture<Blob> without = content.blob(upstream, REPOSITORY, digest, true);
        eventually(() -> assertThat(content.fillsRunning()).isOne());
        CompletableFuture<Blob> with = content.blob(upstream, OTHER, digest, true);

        gate.complete(null);

        assertThatThrownBy(without::join).hasCauseInstanceOf(RegistryException.BlobUnknown.class);
        assertThat(readAll(with.join()).join()).isEqualTo(bytes);
    }

    @Test
    void goesOnForAnotherCallerWhereTheUpstreamRefusesTheOneWhoBegan() {
        Digest digest = linked(bytes);
        CompletableFuture<Void> gate = new CompletableFuture<>();
        upstream.caller = "alice";
        upstream.scripts.add(Script.breakAt(300_000, bytes).heldBy(gate));
        ScriptedUpstream carols = new ScriptedUpstream();
        carols.caller = "carol";
        carols.blob(bytes);
        Blob alice = content.blob(upstream, REPOSITORY, digest, true).join();
        Blob carol = content.blob(carols, REPOSITORY, digest, true).join();

        upstream.down = Optional.of(new UpstreamException(Kind.REFUSED, "she may not any more"));
        gate.complete(null);

        assertThat(readAll(carol).join()).isEqualTo(bytes);
        assertThat(readAll(alice).join()).isEqualTo(bytes);
        assertThat(upstream.asked).containsExactly("BLOB 0", "BLOB 300000");
        assertThat(carols.asked).containsExactly("BLOB 300000");
    }

    @Test
    void servesABlobOfWhichTheFirstManifestThatNamesItLies() {
        Digest digest = upstream.blob(bytes);
        admit("lies", digest, 77);
        admit("true", digest, bytes.length);

        assertThat(readAll(blob(digest)).join()).isEqualTo(bytes);
        settle();
        assertThat(content.blobInfo(upstream, REPOSITORY, digest, true)
                        .join()
                        .descriptor()
                        .size())
                .isEqualTo(bytes.length);
    }

    @Test
    void servesABlobThatAManifestCallsAManifest() {
        Digest digest = linked(bytes, bytes.length, MediaType.OCI_MANIFEST);
        upstream.blobsOnly.add(digest);

        assertThat(readAll(blob(digest)).join()).isEqualTo(bytes);
    }

    @Test
    void doesNotGiveOutTheEndOfWrongBytesThatItPassesThrough() {
        byte[] large = random(3_000_000);
        Digest digest = linked(large);
        upstream.scripts.add(Script.whole(random(3_000_000, 77)));
        Reading reading = new Reading(blob(digest), 0, large.length);

        assertThatThrownBy(reading.all()::join).hasMessageContaining("do not hash");
        assertThat(reading.read()).isLessThanOrEqualTo(large.length - Gate.WITHHELD);
        assertThat(incidents).hasAtLeastOneElementOfType(Incident.WrongBytes.class);
    }

    @Test
    void resumesWhatItPassesThrough() {
        byte[] large = random(3_000_000);
        Digest digest = linked(large);
        upstream.scripts.add(Script.breakAt(1_500_000, large));

        assertThat(readAll(blob(digest)).join()).isEqualTo(large);
        assertThat(upstream.asked).containsExactly("BLOB 0", "BLOB 1500000");
    }

    @Test
    void asksForABlobThatNoManifestNamesInItsRepository() {
        Digest digest = upstream.blob(bytes);

        assertThat(readAll(content.blob(upstream, REPOSITORY, digest, true).join())
                        .join())
                .isEqualTo(bytes);
        assertThat(upstream.asked).containsExactly("BLOB 0");
    }

    @Test
    void doesNotAskWhereARuleNeedsTheManifest() {
        Digest digest = upstream.blob(bytes);

        assertThatThrownBy(
                        () -> content.blob(upstream, REPOSITORY, digest, false).join())
                .hasCauseInstanceOf(RegistryException.BlobUnknown.class)
                .hasMessageContaining("pull the manifest through this mirror first");
        assertThat(upstream.asked).isEmpty();
    }

    @Test
    void wantsProofBeforeItGivesContentOfOneRepositoryToAnother() {
        Digest digest = linked(bytes);
        readAll(blob(digest)).join();
        settle();
        upstream.asked.clear();
        upstream.contents.remove(digest.toString());

        assertThatThrownBy(() -> content.blob(upstream, OTHER, digest, true).join())
                .hasCauseInstanceOf(RegistryException.BlobUnknown.class);
        assertThat(upstream.asked).containsExactly("SIZE");
    }

    @Test
    void answersAHeadOfALinkedBlobWithoutAskingAnybody() {
        Digest digest = linked(bytes);

        BlobInfo before = content.blobInfo(upstream, REPOSITORY, digest, true).join();
        assertThat(before.descriptor().size()).isEqualTo(bytes.length);
        assertThat(before.held()).isFalse();
        assertThat(upstream.asked).isEmpty();
        readAll(blob(digest)).join();
        settle();
        assertThat(content.blobInfo(upstream, REPOSITORY, digest, true).join().held())
                .isTrue();
    }

    @Test
    void checksAHeldBlobAgainWhoseFileWasTouchedAndHealsIt() throws Exception {
        Digest digest = linked(bytes);
        readAll(blob(digest)).join();
        settle();
        corrupt(digest);

        assertThat(readAll(blob(digest)).join()).isEqualTo(bytes);
        assertThat(upstream.asked).containsExactly("BLOB 0", "BLOB 0");
    }
}
