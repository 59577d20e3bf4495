package io.entrepot.server.audit.tlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.entrepot.server.audit.tlog.Finding.Kind;
import io.entrepot.server.audit.tlog.Verification.Outcome;
import io.entrepot.server.audit.tlog.VerifyRequest.Brought;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an auditor is told of a log that was left alone, and of one that was not. */
class VerifierTest {

    @TempDir
    Path root;

    @Test
    void saysWhereALogIsAnchored() throws Exception {
        try (LogUnderTest log = new LogUnderTest(root).start()) {
            byte[] older = log.grow(120).bytes();
            byte[] newest = log.grow(66_000).bytes();
            log.grow(100);
            Verification verification =
                    verify(log, keys(log), new Brought("a.note", older), new Brought("b.note", newest));

            assertThat(verification.findings()).isEmpty();
            assertThat(verification.outcome()).isEqualTo(Outcome.ANCHORED);
            assertThat(verification.anchors())
                    .containsExactly(
                            new Anchor("a.note", 120, Optional.empty()),
                            new Anchor("b.note", 66_120, Optional.empty()));
            assertThat(verification.size()).isEqualTo(66_220);
            assertThat(verification.covered()).isEqualTo(66_220);
            assertThat(verification.toString())
                    .contains(
                            "anchored to b.note at size 66120",
                            "of the last 100 records, from 66120 on, no checkpoint from elsewhere says anything",
                            "ANCHORED");
        }
    }

    @Test
    void tellsOfManyAnchorsThoseThatCoverMost() throws Exception {
        try (LogUnderTest log = new LogUnderTest(root).start()) {
            Brought[] brought = new Brought[20];
            for (int i = 0; i < brought.length; i++) {
                brought[i] = new Brought("line " + i, log.grow(10).bytes());
            }
            Verification verification = verify(log, keys(log), brought);

            assertThat(verification.anchors()).hasSize(20);
            assertThat(verification.toString())
                    .contains("anchored to 12 more checkpoints from elsewhere", "anchored to line 19 at size 200")
                    .doesNotContain("line 11 at");
        }
    }

    @Test
    void saysThatWhatLiesBesideALogProvesLittle() throws Exception {
        try (LogUnderTest log = new LogUnderTest(root).start()) {
            log.grow(120);
            Verification verification = verify(log, List.of());
            assertThat(verification.outcome()).isEqualTo(Outcome.UNANCHORED);
            assertThat(verification.notes()).anyMatch(note -> note.contains("lie beside it"));
        }
    }

    @Test
    void believesAWitnessThatTheAuditorNames() throws Exception {
        NoteKey witness = NoteKey.generate("witness.example/w1", VerifierKey.WITNESS);
        try (LogUnderTest log = new LogUnderTest(root).start()) {
            SignedCheckpoint checkpoint = log.grow(120);
            log.sealer.cosigned(
                    checkpoint, List.of(witness.cosign(checkpoint.note().text(), 1_795_744_800)));
            log.grow(5);
            VerifyRequest request = new VerifyRequest(
                    log.sealed(), log.source, LogUnderTest.ORIGIN, keys(log), List.of(), List.of(witness.verifier()));
            assertThat(Verifier.verify(request).anchors())
                    .containsExactly(
                            new Anchor("witness.example/w1", 120, Optional.of(Instant.ofEpochSecond(1_795_744_800))));
            assertThat(verify(log, keys(log)).outcome()).isEqualTo(Outcome.UNANCHORED);
        }
    }

    @Test
    void followsTheLogThroughARotationOfItsKey() throws Exception {
        try (LogUnderTest log = new LogUnderTest(root).start()) {
            log.grow(50);
            log.grow(50);
            VerifierKey now = log.keys.rotate(Instant.now(), Duration.ZERO);
            byte[] newest = log.grow(50).bytes();
            Verification verification = verify(log, List.of(now), new Brought("n", newest));
            assertThat(verification.findings()).isEmpty();
            assertThat(verification.outcome()).isEqualTo(Outcome.ANCHORED);
            assertThat(verification.checkpoints()).isGreaterThanOrEqualTo(4);
        }
    }

    @Test
    void namesTheRecordThatWasChanged() throws Exception {
        try (LogUnderTest log = new LogUnderTest(root).start()) {
            byte[] newest = log.grow(66_000).bytes();
            log.stop();
            rewrite(log, 40_000, log.records.at(40_001));
            Verification verification = verify(log, keys(log), new Brought("n", newest));
            assertThat(verification.outcome()).isEqualTo(Outcome.DAMAGED);
            assertThat(verification.firstBad().map(Finding::from)).contains(40_000L);
            assertThat(verification.findings())
                    .extracting(Finding::kind)
                    .contains(Kind.RECORD, Kind.SEQUENCE)
                    .doesNotContain(Kind.FORK, Kind.CHECKPOINT);
        }
    }

    @Test
    void tellsAChangedHashFromAChangedRecord() throws Exception {
        try (LogUnderTest log = new LogUnderTest(root).start()) {
            byte[] newest = log.grow(66_000).bytes();
            log.stop();
            flip(log.store.hashes(0), 123L * Hash.BYTES + 5);
            Verification verification = verify(log, keys(log), new Brought("n", newest));
            assertThat(verification.findings())
                    .extracting(Finding::kind, Finding::from)
                    .containsExactly(tuple(Kind.HASHES, 123L));
        }
    }

    @Test
    void verifiesWhatIsLeftOfAPrunedLog() throws Exception {
        try (LogUnderTest log = new LogUnderTest(root).start()) {
            byte[] old = log.grow(60_000).bytes();
            byte[] newest = log.grow(140_000).bytes();
            log.source.add(index -> pruned(index, 131_072), 1);
            log.sign();
            assertThat(log.store.prune(140_000)).isEqualTo(131_072);
            Verification verification = verify(log, keys(log), new Brought("o", old), new Brought("n", newest));
            assertThat(verification.findings()).isEmpty();
            assertThat(verification.anchors()).hasSize(2);
            assertThat(verification.first()).isEqualTo(131_072);
            assertThat(verification.notes()).anyMatch(note -> note.contains("0 to 131071 are pruned"));

            TlogFiles files = log.files();
            assertThat(files.read("tile/entries/000")).isEmpty();
            assertThat(files.read("tile/0/000")).isPresent();
            assertThat(files.read("tile/entries/512")).isPresent();
            assertThat(files.prove(7).proves(log.records.at(7))).isTrue();
            assertThat(log.restart().grow(10).head().size()).isEqualTo(200_011);
            assertThat(log.store.minimum()).isEqualTo(131_072);
        }
    }

    /** One name of a file must not keep an auditor waiting for two billion volumes. */
    @Test
    void doesNotLookForVolumesOfWhichNothingIsThere() throws Exception {
        try (LogUnderTest log = new LogUnderTest(root).start()) {
            byte[] newest = log.grow(66_000).bytes();
            log.stop();
            Files.write(log.sealed().resolve("ffffffff.entries"), new byte[10]);
            Verification verification = verify(log, keys(log), new Brought("n", newest));
            assertThat(verification.outcome()).isEqualTo(Outcome.DAMAGED);
            assertThat(verification.findings())
                    .filteredOn(finding -> finding.kind() == Kind.MISSING)
                    .extracting(Finding::from)
                    .containsExactly(65_536L);
        }
    }

    /** Whoever can write the directory can take old records away, and the file that says so beside them. */
    @Test
    void namesRecordsThatWentWithoutAWord() throws Exception {
        try (LogUnderTest log = new LogUnderTest(root).start()) {
            log.grow(140_000);
            log.source.add(index -> pruned(index, 65_536), 1);
            byte[] newest = log.sign().bytes();
            log.store.prune(65_536);
            Brought brought = new Brought("n", newest);
            assertThat(verify(log, keys(log), brought).outcome()).isEqualTo(Outcome.ANCHORED);

            log.store.prune(131_072);
            Verification verification = verify(log, keys(log), brought);
            assertThat(verification.outcome()).isEqualTo(Outcome.DAMAGED);
            assertThat(verification.findings())
                    .extracting(Finding::kind, Finding::from, Finding::to)
                    .containsExactly(tuple(Kind.MISSING, 65_536L, 131_072L));
        }
    }

    @Test
    void believesNoWordThatNoCheckpointCovers() throws Exception {
        try (LogUnderTest log = new LogUnderTest(root).start()) {
            log.grow(70_000);
            log.store.prune(65_536);
            log.source.add(index -> pruned(index, 65_536), 1);
            assertThat(verify(log, keys(log)).outcome()).isEqualTo(Outcome.DAMAGED);
            log.sign();
            assertThat(verify(log, keys(log)).outcome()).isEqualTo(Outcome.UNANCHORED);
        }
    }

    @Test
    void isNotMisledByALogThatGrowsMeanwhile() throws Exception {
        try (LogUnderTest log = new LogUnderTest(root).start()) {
            log.grow(100);
            RecordSource growing = new RecordSource() {
                @Override
                public long first() {
                    return log.source.first();
                }

                /** Whoever asks how far it goes is told, and then it goes further. */
                @Override
                public long size() {
                    long size = log.source.size();
                    if (size < 300) {
                        log.grow(100);
                    }
                    return size;
                }

                @Override
                public void read(long from, long to, Taker taker) throws IOException {
                    log.source.read(from, to, taker);
                }
            };
            Verification verification = Verifier.verify(
                    new VerifyRequest(log.sealed(), growing, LogUnderTest.ORIGIN, keys(log), List.of(), List.of()));
            assertThat(verification.findings()).isEmpty();
            assertThat(verification.size()).isEqualTo(300);
            assertThat(verification.covered()).isEqualTo(300);
        }
    }

    private static byte[] pruned(long index, long below) {
        return ("{\"seq\":" + index
                        + ",\"time\":\"2026-11-27T02:03:04.000056Z\",\"type\":\"pruned\",\"fromSeq\":0,\"toSeq\":"
                        + below + "}")
                .getBytes(StandardCharsets.US_ASCII);
    }

    static Verification verify(LogUnderTest log, List<VerifierKey> keys, Brought... brought) throws IOException {
        return Verifier.verify(
                new VerifyRequest(log.sealed(), log.source, LogUnderTest.ORIGIN, keys, List.of(brought), List.of()));
    }

    static List<VerifierKey> keys(LogUnderTest log) {
        return log.keys.periods().stream().map(KeyPeriod::key).toList();
    }

    static void flip(Path file, long at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[(int) at] ^= 1;
        Files.write(file, bytes);
    }

    /** Writes volume 0 again with another record, as somebody would who knows its format. */
    private static void rewrite(LogUnderTest log, long changed, byte[] record) throws IOException {
        Tree tree = new Tree();
        MemorySource other = new MemorySource();
        other.add(index -> index == changed ? record : log.records.at(index), Volume.RECORDS);
        other.read(0, Volume.RECORDS, (index, bytes) -> tree.append(Hash.leaf(bytes)));
        byte[] hashes = Files.readAllBytes(log.store.hashes(0));
        Files.delete(log.store.entries(0));
        try (VolumeWriter writer = new VolumeWriter(log.store.entries(0), log.store.hashes(0), 0, tree)) {
            other.read(0, Volume.RECORDS, writer);
            writer.commit();
        }
        Files.write(log.store.hashes(0), hashes);
    }
}
