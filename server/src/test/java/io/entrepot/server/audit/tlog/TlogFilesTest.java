package io.entrepot.server.audit.tlog;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log as the files of C2SP, and proofs from it. */
class TlogFilesTest {

    @TempDir
    Path root;

    @Test
    void hasTheFilesThatTheSpecificationCountsFor70000Records() throws Exception {
        try (LogUnderTest log = new LogUnderTest(root).start()) {
            SignedCheckpoint checkpoint = log.grow(70_000);
            TlogFiles files = log.files();
            assertThat(files.read("checkpoint")).contains(checkpoint.bytes());
            for (String there :
                    List.of("tile/0/272", "tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1")) {
                assertThat(files.read(there)).as(there).isPresent();
            }
            for (String not : List.of(
                    "tile/0/273",
                    "tile/0/273.p/113",
                    "tile/1/001",
                    "tile/2/000.p/2",
                    "tile/3/000.p/1",
                    "tile/63/000.p/1",
                    "tile/entries/273",
                    "tile/entries/274.p/1",
                    "tile/0/x999/x999/x999/x999/x999/999")) {
                assertThat(files.read(not)).as(not).isEmpty();
            }
            assertThat(files.read("tile/0/001.p/3").orElseThrow())
                    .hasSize(96)
                    .isEqualTo(Arrays.copyOf(files.read("tile/0/001").orElseThrow(), 96));
        }
    }

    @Test
    void hasBundlesOfWhatIsSealedAndOfWhatIsNot() throws Exception {
        try (LogUnderTest log = new LogUnderTest(root).start()) {
            log.grow(66_000);
            for (String path :
                    List.of("tile/entries/000", "tile/entries/255.p/7", "tile/entries/256", "tile/entries/257.p/208")) {
                List<byte[]> records = Bundle.records(log.files().read(path).orElseThrow());
                long first = Long.parseLong(path.substring(13, 16)) * 256;
                for (int i = 0; i < records.size(); i++) {
                    assertThat(records.get(i)).isEqualTo(log.records.at(first + i));
                }
            }
            assertThat(Bundle.records(log.files().read("tile/entries/255.p/7").orElseThrow()))
                    .hasSize(7);
        }
    }

    @Test
    void provesARecordToSomebodyWhoHasOnlyTheKey() throws Exception {
        try (LogUnderTest log = new LogUnderTest(root).start()) {
            log.grow(70_000);
            for (long index : new long[] {0, 255, 65_535, 65_536, 69_999}) {
                RecordProof proof =
                        RecordProof.parse(log.files().prove(index).toString().getBytes("UTF-8"));
                assertThat(proof.index()).isEqualTo(index);
                assertThat(proof.proves(log.records.at(index))).isTrue();
                assertThat(proof.proves(log.records.at(index + 1))).isFalse();
                assertThat(proof.checkpoint().note().verify(VerifierTest.keys(log)))
                        .hasSize(1);
            }
        }
    }

    @Test
    void provesThatItOnlyGrewToSomebodyWhoHasAnOlderCheckpoint() throws Exception {
        try (LogUnderTest log = new LogUnderTest(root).start()) {
            Checkpoint before = log.grow(66_000).head();
            SignedCheckpoint newest = log.grow(4_000);
            GrowthProof proof = log.files().proveGrowth(66_000);

            assertThat(proof.proves(before)).isTrue();
            assertThat(proof.proves(Checkpoint.of(LogUnderTest.ORIGIN, 66_000, Hash.EMPTY)))
                    .isFalse();
            assertThat(proof.proves(log.files().proveGrowth(66_001).checkpoint().head()))
                    .isFalse();
            assertThat(proof.toString()).startsWith("old 66000\n").endsWith("\n\n" + newest.note());
        }
    }

    @Test
    void exportsPlainFilesOfALogThatNobodySealsNow() throws Exception {
        try (LogUnderTest log = new LogUnderTest(root).start()) {
            log.grow(66_000);
            log.stop();
            TlogFiles files = TlogFiles.open(SealedStore.open(log.sealed()), log.source);
            Path out = root.resolve("out");
            files.export(out);
            try (var all = Files.walk(out)) {
                assertThat(all.filter(Files::isRegularFile)).hasSize(1 + 258 + 258 + 2 + 1);
            }
            assertThat(Files.readAllBytes(out.resolve("tile/1/001.p/1")))
                    .isEqualTo(files.read("tile/1/001.p/1").orElseThrow());
        }
    }
}
