package io.entrepot.server.audit.tlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a crash can leave behind: the log goes on from it, with the same tree. */
class CrashStatesTest {

    @TempDir
    Path root;

    @Test
    void sealsAgainWhatWasNotSealedToTheEnd() throws Exception {
        MemorySource source = new MemorySource();
        try (LogUnderTest log = new LogUnderTest(root, source).start()) {
            log.source.add(index -> log.records.at(index), 65_000);
            log.sign();
            Hash root65000 = log.sealer.tree().root();
            log.stop();
            Files.write(log.sealed().resolve("00000000.entries.new"), new byte[10]);
            Files.write(log.sealed().resolve("00000000.hashes.new"), new byte[10]);
            Files.write(log.sealed().resolve("00000000.hashes"), new byte[10]);
            log.restart();
            assertThat(log.grow(1_000).head().size()).isEqualTo(66_000);
            assertThat(log.sealer.tree().root(65_000)).isEqualTo(root65000);
            assertThat(Files.exists(log.sealed().resolve("00000000.entries.new")))
                    .isFalse();
            assertThat(VerifierTest.verify(log, VerifierTest.keys(log)).findings())
                    .isEmpty();
        }
    }

    @Test
    void derivesTheUpperTilesOfAVolumeWhoseLastStepIsMissing() throws Exception {
        try (LogUnderTest log = new LogUnderTest(root).start()) {
            Hash before = log.grow(131_100).head().root();
            log.stop();
            for (String row : List.of("tree/1", "tree/2")) {
                byte[] whole = Files.readAllBytes(log.sealed().resolve(row));
                for (int length : new int[] {0, whole.length / 2, whole.length - 1}) {
                    Files.write(log.sealed().resolve(row), Arrays.copyOf(whole, length));
                    assertThat(log.restart().sign().head().root()).isEqualTo(before);
                    assertThat(Files.readAllBytes(log.sealed().resolve(row))).isEqualTo(whole);
                    log.stop();
                }
            }
        }
    }

    @Test
    void cutsOffACheckpointThatWasNotWrittenToItsEnd() throws Exception {
        try (LogUnderTest log = new LogUnderTest(root).start()) {
            log.grow(10);
            log.grow(10);
            log.stop();
        }
        Path file = root.resolve("audit/sealed/checkpoints");
        byte[] whole = Files.readAllBytes(file);
        int entries = entries().size();
        int last = whole.length - 4;
        while (!new String(whole, last, 4, StandardCharsets.ISO_8859_1).equals("\n== ")) {
            last--;
        }
        for (int length = last + 2; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            History.open(root.resolve("audit/sealed")).close();
            assertThat(entries()).as("cut at %d", length).hasSize(entries - 1);
        }
        Files.write(file, whole);
        History.open(root.resolve("audit/sealed")).close();
        assertThat(Files.readAllBytes(file)).isEqualTo(whole);
    }

    @Test
    void ofACheckpointThatDoesNotFitOnTheDiskNothingStays() throws Exception {
        SignedCheckpoint checkpoint;
        try (LogUnderTest log = new LogUnderTest(root).start()) {
            checkpoint = log.grow(10);
        }
        Path file = root.resolve("audit/sealed/checkpoints");
        int before = entries().size();
        for (int room : new int[] {0, 1, 30, 100}) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.READ);
                    SmallDisk disk = new SmallDisk(channel);
                    History history = new History(disk)) {
                disk.position(disk.size());
                disk.room = room;
                assertThatThrownBy(() -> history.append(Instant.EPOCH, checkpoint.note()))
                        .isInstanceOf(IOException.class);
                disk.room = Integer.MAX_VALUE;
                history.append(Instant.EPOCH, checkpoint.note());
            }
            assertThat(entries()).as("room for %d bytes", room).hasSize(++before);
        }
    }

    @Test
    void whatWasToGoWhenSomebodyDiedGoesAtTheNextStart() throws Exception {
        try (LogUnderTest log = new LogUnderTest(root).start()) {
            log.grow(140_000);
            Path first = log.store.entries(0);
            byte[] bytes = Files.readAllBytes(first);
            log.store.prune(65_536);
            log.stop();
            Files.write(first, bytes);
            Path other = Files.write(log.sealed().resolve("note.entries"), bytes);
            log.restart();

            assertThat(first).doesNotExist();
            assertThat(other).exists();
            assertThat(log.store.entries(1)).exists();
            assertThat(log.store.minimum()).isEqualTo(65_536);
        }
    }

    private List<History.Entry> entries() throws IOException {
        List<History.Entry> all = new ArrayList<>();
        try (History.Reader reader = History.read(root.resolve("audit/sealed"))) {
            for (Optional<History.Entry> next = reader.next(); next.isPresent(); next = reader.next()) {
                all.add(next.get());
            }
        }
        return all;
    }
}
