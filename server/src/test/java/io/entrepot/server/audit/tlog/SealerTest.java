package io.entrepot.server.audit.tlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records become a tree, volumes and checkpoints, and nothing that contradicts a checkpoint is ever signed. */
class SealerTest {

    @TempDir
    Path root;

    @Test
    void signsWhatIsDurable() throws Exception {
        try (LogUnderTest log = new LogUnderTest(root).start()) {
            SignedCheckpoint checkpoint = log.grow(300);
            assertThat(checkpoint.head().origin()).isEqualTo(LogUnderTest.ORIGIN);
            assertThat(checkpoint.head().size()).isEqualTo(300);
            assertThat(checkpoint.head().root()).isEqualTo(plainRoot(log, 300));
            assertThat(checkpoint.note().verify(verifiers(log))).hasSize(1);
            assertThat(Files.readAllBytes(log.sealed().resolve("checkpoint"))).isEqualTo(checkpoint.bytes());
        }
    }

    @Test
    void sealsWholeVolumesAndLetsTheSourceForgetThem() throws Exception {
        try (LogUnderTest log = new LogUnderTest(root).start()) {
            SignedCheckpoint checkpoint = log.grow(70_000);
            assertThat(log.events).containsExactly("sealed 65536");
            assertThat(log.source.first()).isEqualTo(65_536);
            assertThat(checkpoint.head().root()).isEqualTo(plainRoot(log, 70_000));
            assertThat(log.sealer.tree().root(65_000)).isEqualTo(plainRoot(log, 65_000));
            assertHasAll(log, 70_000);
        }
    }

    @Test
    void readsEachRecordOnce() throws Exception {
        try (LogUnderTest log = new LogUnderTest(root).start()) {
            log.grow(30_000);
            log.grow(40_000);
            assertThat(log.events).containsExactly("sealed 65536");
            assertThat(log.source.read).isEqualTo(70_000);
        }
    }

    @Test
    void readsAVolumeAgainThatCouldNotBeBegun() throws Exception {
        try (LogUnderTest log = new LogUnderTest(root).start()) {
            Path inTheWay = Durable.unfinished(log.store.entries(0)).resolve("full");
            Files.createDirectories(inTheWay);
            log.grow(300);
            assertThat(log.events).singleElement().asString().startsWith("failed ");
            Files.delete(inTheWay);
            Files.delete(inTheWay.getParent());

            SignedCheckpoint checkpoint = log.grow(69_700);
            assertThat(log.events).hasSize(2).last().isEqualTo("sealed 65536");
            assertThat(checkpoint.head().root()).isEqualTo(plainRoot(log, 70_000));
            assertHasAll(log, 70_000);
        }
    }

    @Test
    void signsOnceWhateverComesMeanwhile() throws Exception {
        MemorySource source = new MemorySource() {
            @Override
            public synchronized long size() {
                add(new AuditRecords(7, 40)::at, 1);
                return super.size();
            }
        };
        try (LogUnderTest log = new LogUnderTest(root, source).start()) {
            log.sign();
            assertThat(log.signed).hasValue(1);
        }
    }

    @Test
    void saysOnceThatAPlaceTakesNoCheckpoints() throws Exception {
        AtomicBoolean away = new AtomicBoolean(true);
        List<Long> taken = new CopyOnWriteArrayList<>();
        try (LogUnderTest log = new LogUnderTest(root)) {
            log.sealer.to(checkpoint -> {
                if (away.get()) {
                    return CompletableFuture.failedFuture(new IOException("away"));
                }
                taken.add(checkpoint.head().size());
                return CompletableFuture.completedFuture(null);
            });
            log.start();
            log.grow(10);
            log.grow(10);
            assertThat(log.sealer.unhanded()).isEqualTo(1);
            assertThat(log.events).containsExactly("not handed away");
            away.set(false);
            log.grow(10);

            assertThat(log.sealer.unhanded()).isZero();
            assertThat(log.events).containsExactly("not handed away", "handed again");
            assertThat(taken).containsExactly(30L);
        }
    }

    @Test
    void goesOnWhereItWasAfterARestart() throws Exception {
        try (LogUnderTest log = new LogUnderTest(root).start()) {
            SignedCheckpoint first = log.grow(66_000);
            SignedCheckpoint same = log.restart().sign();
            assertThat(same.head()).isEqualTo(first.head());
            SignedCheckpoint more = log.grow(500);
            assertThat(more.head().root()).isEqualTo(plainRoot(log, 66_500));
            assertHasAll(log, 66_500);
        }
    }

    @Test
    void derivesItsUpperTilesAgainWhenTheyAreGoneOrWrong() throws Exception {
        try (LogUnderTest log = new LogUnderTest(root).start()) {
            log.grow(66_000);
            Files.delete(log.sealed().resolve("tree/1"));
            assertThat(log.restart().sign().head().root()).isEqualTo(plainRoot(log, 66_000));
            log.stop();
            byte[] row = Files.readAllBytes(log.sealed().resolve("tree/1"));
            byte[] other = row.clone();
            other[100] ^= 1;
            Files.write(log.sealed().resolve("tree/1"), other);
            assertThat(log.restart().sign().head().root()).isEqualTo(plainRoot(log, 66_000));
            assertThat(Files.readAllBytes(log.sealed().resolve("tree/1"))).isEqualTo(row);
        }
    }

    @Test
    void signsByOldAndNewKeyForAWhile() throws Exception {
        try (LogUnderTest log = new LogUnderTest(root).start()) {
            log.grow(10);
            VerifierKey old = log.keys.periods().get(0).key();
            VerifierKey now = log.keys.rotate(Instant.now(), Duration.ofHours(1));
            assertThat(log.grow(10).note().verify(List.of(old, now))).hasSize(2);
            assertThat(log.restart().grow(10).note().verify(List.of(old, now))).hasSize(2);

            VerifierKey newest = log.keys.rotate(Instant.now(), Duration.ZERO);
            assertThat(log.grow(10).note().verify(List.of(old, now))).isEmpty();
            assertThat(log.sign().note().verify(List.of(newest))).hasSize(1);
            assertThat(KeyList.read(log.sealed()).stream().map(KeyPeriod::key)).containsExactly(old, now, newest);
        }
    }

    @Test
    void signsNothingOverRecordsThatWereChanged() throws Exception {
        try (LogUnderTest log = new LogUnderTest(root).start()) {
            log.grow(300);
            log.stop();
            log.source.change(17, log.records.at(18));
            byte[] before = Files.readAllBytes(log.sealed().resolve("checkpoint"));
            log.restart();
            assertThatThrownBy(log::sign).hasMessageContaining("records were changed");
            assertThat(log.events).anyMatch(event -> event.startsWith("stopped the first 300 records"));
            assertThat(Files.readAllBytes(log.sealed().resolve("checkpoint"))).isEqualTo(before);
        }
    }

    @Test
    void signsNothingOverFewerRecordsThanWereSigned() throws Exception {
        try (LogUnderTest log = new LogUnderTest(root).start()) {
            log.grow(300);
            log.stop();
            log.source.truncate(299);
            log.restart();
            assertThatThrownBy(log::sign).hasMessageContaining("a checkpoint of 300 is signed");
        }
    }

    @Test
    void noticesALogThatWasPutBackFromABackup() throws Exception {
        try (LogUnderTest log = new LogUnderTest(root).start()) {
            log.grow(100);
            log.stop();
            copy(log.sealed(), root.resolve("backup"));
            log.restart().grow(100);
            log.stop();
            log.source.truncate(100);
            copy(root.resolve("backup"), log.sealed());
            log.source.add(index -> log.records.at(index + 1), 200);
            log.restart();
            assertThatThrownBy(log::sign).hasMessageContaining("records were changed");
        }
    }

    @Test
    void noticesWhenTheCheckpointIsReplacedUnderIt() throws Exception {
        try (LogUnderTest log = new LogUnderTest(root).start()) {
            log.grow(100);
            Note other = log.keys.sign(
                    Checkpoint.of(LogUnderTest.ORIGIN, 50, Hash.EMPTY).text(), Instant.now());
            Files.write(log.sealed().resolve("checkpoint"), other.bytes());
            log.source.add(log.records::at, 1);
            assertThatThrownBy(log::sign).hasMessageContaining("records were changed");
        }
    }

    @Test
    void refusesAKeyInsideTheLog() {
        Path log = root.resolve("audit");
        assertThatThrownBy(() -> {
                    Files.createDirectories(log);
                    SigningKeys.open(log.resolve("keys/a.key"), log, log.resolve("sealed"), "a", Instant.now());
                })
                .isInstanceOf(IOException.class)
                .hasMessageContaining("lies in");
    }

    @Test
    void refusesAKeyThatOthersCanRead() throws Exception {
        try (LogUnderTest log = new LogUnderTest(root)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log.key())))
                    .isEqualTo("rw-------");
            Files.setPosixFilePermissions(log.key(), PosixFilePermissions.fromString("rw-r-----"));
            assertThatThrownBy(() -> SigningKeys.open(
                            log.key(),
                            root.resolve("audit"),
                            log.sealed(),
                            "a",
                            Clock.systemUTC().instant()))
                    .hasMessageContaining("0600");
        }
    }

    static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static void assertHasAll(LogUnderTest log, int size) throws IOException {
        LogRecords all = new LogRecords(log.store, log.source);
        assertThat(all.first()).isZero();
        assertThat(all.size()).isEqualTo(size);
        all.read(0, size, (index, record) -> assertThat(record).isEqualTo(log.records.at(index)));
    }

    private static List<VerifierKey> verifiers(LogUnderTest log) {
        return log.keys.periods().stream().map(KeyPeriod::key).toList();
    }

    private static Hash plainRoot(LogUnderTest log, int size) {
        RightEdge edge = new RightEdge();
        for (int i = 0; i < size; i++) {
            edge.append(Hash.leaf(log.records.at(i)), (height, root) -> {});
        }
        return edge.root();
    }
}
