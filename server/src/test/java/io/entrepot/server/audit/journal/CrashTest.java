package io.entrepot.server.audit.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cuts the power at every file operation of small workloads, in every way that the model allows. */
class CrashTest {

    @TempDir(factory = InMemory.class)
    Path temp;

    /** The number of operations that were done when the record with this seq was acknowledged, by seq. */
    private final List<Integer> acknowledged = new ArrayList<>();

    private final List<String> texts = new ArrayList<>();
    private int firstProcess;

    /** Something that uses a journal. */
    @FunctionalInterface
    private interface Workload {
        void on(Journal journal, RecordingFs fs) throws Exception;
    }

    @Test
    void losesNothingThatWasAcknowledged() throws Exception {
        RecordingFs fs = record(WrappedFs.quick(), this::appendInBatches);

        assertThat(check(fs.log(), 0)).isGreaterThan(300);
    }

    @Test
    void losesNothingWhenSegmentsAreForgottenAndUsedAnew() throws Exception {
        RecordingFs fs = record(WrappedFs.quick(), this::appendInBatches, (journal, recording) -> {
            firstProcess = recording.log().size();
            appendInBatches(journal, recording);
        });

        assertThat(check(fs.log(), firstProcess)).isGreaterThan(300);
    }

    @Test
    void losesNothingWhenAForceFailsBeforeThePowerCut() throws Exception {
        RecordingFs fs = record(new ThirdForceFails(), this::appendInBatches);

        assertThat(check(fs.log(), 0)).isGreaterThan(300);
    }

    @Test
    void noticesAJournalThatDoesNotForceItsFiles() throws Exception {
        RecordingFs fs = record(WrappedFs.quick(), this::appendInBatches);

        assertThatThrownBy(() -> check(without(fs, op -> op instanceof FileOp.Force), 0))
                .isInstanceOfAny(AssertionError.class, IOException.class);
    }

    @Test
    void noticesAJournalThatDoesNotForceItsDirectory() throws Exception {
        RecordingFs fs = record(WrappedFs.quick(), this::appendInBatches);

        assertThatThrownBy(() -> check(without(fs, op -> op instanceof FileOp.ForceDirectory), 0))
                .isInstanceOfAny(AssertionError.class, IOException.class);
    }

    /** Sabotage: as if the journal had not done these operations; the promises stand where they stood. */
    private List<FileOp> without(RecordingFs fs, Predicate<FileOp> left) {
        List<FileOp> log = new ArrayList<>(fs.log());
        log.replaceAll(op -> left.test(op) ? new FileOp.Delete(temp.resolve("nothing")) : op);
        return log;
    }

    /** Each of these batches is some sectors long; they fill more than three segments. */
    private void appendInBatches(Journal journal, RecordingFs fs) throws Exception {
        for (int i = 0; i < 8; i++) {
            List<CompletableFuture<Void>> batch = new ArrayList<>();
            synchronized (fs) {
                for (int size : new int[] {700, 20, 1_500, 300}) {
                    batch.add(append(journal, fs, "r" + texts.size() + "-".repeat(size)));
                }
            }
            CompletableFuture.allOf(batch.toArray(CompletableFuture[]::new)).get(1, TimeUnit.MINUTES);
            if (i == 5) {
                journal.forget(journal.durable() - 6);
            }
        }
    }

    private CompletableFuture<Void> append(Journal journal, RecordingFs fs, String text) {
        texts.add(text);
        return journal.append(TestJournal.body(text)).thenAccept(seq -> {
            assertThat(seq).isEqualTo(acknowledged.size());
            acknowledged.add(fs.log().size());
        });
    }

    private RecordingFs record(JournalFs disk, Workload... processes) throws Exception {
        RecordingFs fs = new RecordingFs(disk);
        Path root = Files.createDirectory(temp.resolve("recorded"));
        for (Workload process : processes) {
            TestJournal test = new TestJournal(root.resolve("journal"));
            test.fs = fs;
            try (Journal journal = test.open()) {
                process.on(journal, fs);
            }
            assertThat(test.failures).isEmpty();
        }
        return fs;
    }

    private int check(List<FileOp> log, int first) throws IOException {
        Path recorded = temp.resolve("recorded");
        CrashEnumerator crashes = new CrashEnumerator(recorded, log);
        crashes.forEachFrom(first, state -> {
            Path root = temp.resolve("crashed");
            state.materialise(recorded, root);
            check(root.resolve("journal"), state.acknowledged());
            delete(root);
        });
        return crashes.states();
    }

    private void check(Path root, int operations) throws IOException {
        int owed =
                (int) acknowledged.stream().filter(after -> after <= operations).count();
        if (Files.isDirectory(root)) {
            checkPrefix(readWithoutOpening(root), owed);
        }
        TestJournal test = new TestJournal(root);
        long durable;
        try (Journal journal = test.open()) {
            durable = journal.durable();
            try (JournalReader reader = journal.read(0)) {
                checkPrefix(TestJournal.records(reader), owed);
            }
            journal.append(TestJournal.body("after the crash"));
        }
        assertThat(test.gaps).isEmpty();
        try (Journal journal = test.open();
                JournalReader reader = journal.read(durable)) {
            assertThat(TestJournal.texts(reader)).containsExactly(TestJournal.record(durable, "after the crash"));
        }
    }

    /** As another process would, after the machine was started again. */
    private static List<JournalRecord> readWithoutOpening(Path root) throws IOException {
        Layout layout = new Layout(root.toRealPath());
        try (JournalReader reader = new JournalReader(new NioFs(), layout, 0, OptionalLong::empty)) {
            return TestJournal.records(reader);
        }
    }

    /** In order, without a gap but for what was forgotten, each as it was given, and all that was acknowledged. */
    private void checkPrefix(List<JournalRecord> records, int owed) {
        Optional<JournalRecord> last = Optional.empty();
        for (JournalRecord record : records) {
            long expected = last.map(before -> before.seq() + 1).orElse(record.seq());
            assertThat(record.seq()).isEqualTo(expected);
            assertThat(TestJournal.text(record))
                    .isEqualTo(TestJournal.record(record.seq(), texts.get((int) record.seq())));
            last = Optional.of(record);
        }
        assertThat(last.map(record -> record.seq() + 1).orElse(0L)).isGreaterThanOrEqualTo(owed);
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** The third force of a batch fails, and leaves to the power cut what of it is on the disk. */
    private static final class ThirdForceFails extends WrappedFs {

        private int forces;

        ThirdForceFails() {
            super(WrappedFs.quick());
        }

        @Override
        public void force(FileChannel file, boolean metadata) throws IOException {
            if (!metadata && ++forces == 3) {
                throw new IOException(FaultyFs.EIO);
            }
        }
    }
}
