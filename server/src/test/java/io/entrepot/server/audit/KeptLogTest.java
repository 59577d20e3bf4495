package io.entrepot.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.loadtest.Await;
import io.entrepot.oci.RegistryException;
import io.entrepot.server.audit.export.Entry;
import io.entrepot.server.audit.export.Sink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of pulls, and of old records, while a sink is down. */
class KeptLogTest {

    private static final long VOLUME = 65_536;

    private final Taking sink = new Taking();

    @TempDir
    private Path dir;

    /** Takes what it is given, as long as it works. */
    private static final class Taking implements Sink {

        private final List<Long> taken = new CopyOnWriteArrayList<>();
        private volatile boolean broken = true;

        @Override
        public void deliver(List<Entry> batch) throws IOException {
            if (broken) {
                throw new IOException("nobody is there");
            }
            taken.addAll(batch.stream().map(Entry::seq).toList());
        }

        @Override
        public void close() {}
    }

    /** Takes nothing until it may, and then all that it is given. */
    private static final class Hanging implements Sink {

        private final List<Long> taken = new CopyOnWriteArrayList<>();
        private final CountDownLatch may = new CountDownLatch(1);

        @Override
        public void deliver(List<Entry> batch) throws IOException {
            try {
                may.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            taken.addAll(batch.stream().map(Entry::seq).toList());
        }

        @Override
        public void close() {
            may.countDown();
        }
    }

    private KeptLog open(boolean degrade, long maxSize) throws IOException {
        return KeptLog.open(new KeptLog.Settings(
                dir.resolve("audit"),
                dir.resolve("keys").resolve("audit.key"),
                "audit.example/test",
                true,
                1 << 20,
                maxSize,
                Duration.ZERO,
                degrade));
    }

    private AuditLog started(KeptLog kept, boolean degrade, long limit) throws IOException {
        return started(kept, sink, degrade, limit);
    }

    private static AuditLog started(KeptLog kept, Sink sink, boolean degrade, long limit) throws IOException {
        AuditLog log = new AuditLog(kept, () -> Runnable::run, Naming.PLAIN, degrade);
        kept.export("siem", sink, limit);
        kept.start(log);
        return log;
    }

    private static void pull(AuditLog log) {
        log.decided(Made.allowed("10.0.0.7", Made.DIGEST)).join();
    }

    private List<String> records() throws IOException {
        List<String> all = new ArrayList<>();
        StoredLog stored = StoredLog.open(dir.resolve("audit"));
        stored.read(stored.first(), stored.end(), (seq, bytes) -> all.add(new String(bytes, StandardCharsets.UTF_8)));
        return all;
    }

    private List<String> ofType(String type) throws IOException {
        return records().stream()
                .filter(record -> record.contains("\"type\":\"" + type + "\""))
                .toList();
    }

    @Test
    void pullsGoOnUntilTooManyRecordsWaitForASinkAndAgainWhenItTookThem() throws Exception {
        try (KeptLog kept = open(false, Long.MAX_VALUE)) {
            AuditLog log = started(kept, false, 100);
            for (int i = 0; i < 99; i++) {
                pull(log);
            }
            kept.watch();
            assertThat(kept.held()).isEmpty();
            pull(log);
            kept.watch();

            assertThat(kept.held())
                    .hasValueSatisfying(
                            why -> assertThat(why).isEqualTo("audit sink siem is 100 records behind (limit: 100)"));
            assertThat(kept.overdue()).isEqualTo(1);
            assertThatThrownBy(() -> pull(log)).hasCauseInstanceOf(RegistryException.Unavailable.class);
            sink.broken = false;
            Await.until("it goes on", () -> {
                kept.watch();
                return kept.held().isEmpty();
            });
            pull(log);
            Await.until("the sink has all", () -> kept.exporters().get(0).backlog() == 0);
        }

        assertThat(ofType("sink.behind")).singleElement().asString().contains("\"limit\":100,\"onFailure\":\"refuse\"");
        assertThat(ofType("sink.again")).hasSize(1);
        assertThat(ofType("gap"))
                .singleElement()
                .asString()
                .contains("\"why\":\"audit sink siem is ", "\"given\":0,\"refused\":1");
        assertThat(sink.taken).startsWith(0L, 1L, 2L).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void whoChoseThatGoesOnAllTheSameAndTheLogSaysSo() throws Exception {
        try (KeptLog kept = open(true, Long.MAX_VALUE)) {
            AuditLog log = started(kept, true, 10);
            for (int i = 0; i < 20; i++) {
                pull(log);
            }
            kept.watch();
            kept.watch();

            assertThat(kept.overdue()).isEqualTo(1);
            assertThat(kept.held()).isEmpty();
            pull(log);
        }

        assertThat(ofType("sink.behind")).singleElement().asString().contains("\"onFailure\":\"degrade\"");
        assertThat(ofType("gap")).isEmpty();
    }

    @Test
    void aRestartDoesNotForgetThatASinkIsBehind() throws Exception {
        try (KeptLog kept = open(false, Long.MAX_VALUE)) {
            AuditLog log = started(kept, false, 10);
            for (int i = 0; i < 10; i++) {
                pull(log);
            }
        }
        try (KeptLog kept = open(false, Long.MAX_VALUE)) {
            AuditLog log = started(kept, false, 10);

            assertThat(kept.held()).isPresent();
            assertThatThrownBy(() -> pull(log)).hasCauseInstanceOf(RegistryException.Unavailable.class);
        }
    }

    @Test
    void whoeverOnlyReadsALogChangesNothingInIt() throws Exception {
        try (KeptLog kept = open(false, Long.MAX_VALUE)) {
            pull(started(kept, false, 10));
        }
        Path sealed = dir.resolve("audit/sealed");
        Files.move(sealed, dir.resolve("elsewhere"));

        assertThat(records()).hasSize(1);
        assertThat(sealed).doesNotExist();
    }

    private static void fill(AuditLog log, int volumes) {
        List<CompletableFuture<Long>> all = new ArrayList<>();
        for (int i = 0; i < volumes * VOLUME; i++) {
            all.add(log.record(new AuditEvent.Happened("stop", List.of())));
            if (all.size() == 1_000) {
                CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).join();
                all.clear();
            }
        }
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).join();
    }

    private static void lookAfter(KeptLog kept) {
        try {
            kept.lookAfter();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aLogThatIsFullOfWhatASinkDoesNotHaveWaitsForItAndKeepsAll() throws Exception {
        Hanging hanging = new Hanging();
        try (KeptLog kept = open(false, 1 << 20)) {
            AuditLog log = started(kept, hanging, false, Long.MAX_VALUE);
            fill(log, 1);
            Await.until("it is full", () -> {
                lookAfter(kept);
                return kept.held().isPresent();
            });

            assertThat(kept.held().orElseThrow())
                    .isEqualTo("the audit log is full of records that sink siem does not have");
            assertThatThrownBy(() -> pull(log)).hasCauseInstanceOf(RegistryException.Unavailable.class);
            hanging.may.countDown();
            Await.until("the sink has the volume", () -> kept.exporters().get(0).next() >= VOLUME);
            kept.lookAfter();
            assertThat(kept.held()).isEmpty();
            pull(log);
        }

        assertThat(hanging.taken.subList(0, (int) VOLUME))
                .isEqualTo(LongStream.range(0, VOLUME).boxed().toList());
        assertThat(ofType("pruned")).hasSize(1);
        assertThat(ofType("sink.skipped")).isEmpty();
    }

    @Test
    void whereItGoesOnOldRecordsGoUnsentAndTheLogSaysWhich() throws Exception {
        Hanging hanging = new Hanging();
        try (KeptLog kept = open(true, 1 << 20)) {
            AuditLog log = started(kept, hanging, true, Long.MAX_VALUE);
            fill(log, 1);
            Await.until("old ones went", () -> {
                lookAfter(kept);
                return kept.first() == VOLUME;
            });
            hanging.may.countDown();
            Await.until("the sink goes on", () -> kept.exporters().get(0).next() > VOLUME);

            assertThat(kept.held()).isEmpty();
            pull(log);
        }

        long had = hanging.taken.stream().filter(seq -> seq < VOLUME).count();
        assertThat(hanging.taken.subList(0, (int) had))
                .isEqualTo(LongStream.range(0, had).boxed().toList());
        assertThat(hanging.taken.get((int) had)).isEqualTo(VOLUME);
        assertThat(ofType("sink.skipped"))
                .singleElement()
                .asString()
                .contains("\"sink\":\"siem\",\"fromSeq\":" + had + ",\"toSeq\":65536");
    }

    @Test
    void whoeverOpenedALogBeforeItWasSealedReadsWhatIsSealedNow() throws Exception {
        sink.broken = false;
        try (KeptLog kept = open(false, Long.MAX_VALUE)) {
            AuditLog log = started(kept, false, Long.MAX_VALUE);
            pull(log);
            StoredLog early = StoredLog.open(dir.resolve("audit"));
            assertThat(early.sealed()).isZero();
            fill(log, 1);
            Await.until(
                    "the journal forgot the first ones",
                    () -> !Files.exists(dir.resolve("audit/journal/0000000000000000.seg")));

            List<String> read = new ArrayList<>();
            early.read(0, VOLUME, (seq, record) -> read.add(new String(record, StandardCharsets.UTF_8)));
            assertThat(read).hasSize((int) VOLUME).noneMatch(record -> record.contains("\"type\":\"missing\""));
        }
    }

    @Test
    void thatRecordsGoIsOnRecordBeforeTheyDo() throws Exception {
        sink.broken = false;
        try (KeptLog kept = open(false, 1 << 20)) {
            AuditLog log = started(kept, false, Long.MAX_VALUE);
            fill(log, 1);
            Await.until("they went", () -> {
                lookAfter(kept);
                return kept.first() == VOLUME;
            });

            assertThat(ofPruned()).singleElement().asString().contains("\"fromSeq\":0,\"toSeq\":65536");
        }
    }

    private List<String> ofPruned() {
        try {
            return ofType("pruned");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As when two pods get one volume. */
    @Test
    void whoComesSecondChangesNothing() throws Exception {
        try (KeptLog kept = open(false, Long.MAX_VALUE)) {
            pull(started(kept, false, 10));
            Path begun = Files.writeString(dir.resolve("audit/sealed/0000002a.entries.new"), "in the making");

            assertThatThrownBy(() -> open(false, Long.MAX_VALUE)).hasMessageContaining("in use");
            assertThat(begun).exists();
        }
        open(false, Long.MAX_VALUE).close();
        assertThat(dir.resolve("audit/sealed/0000002a.entries.new")).doesNotExist();
    }
}
