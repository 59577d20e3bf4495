package io.entrepot.server.audit.journal;

import static io.entrepot.server.audit.journal.TestJournal.body;
import static io.entrepot.server.audit.journal.TestJournal.record;
import static io.entrepot.server.audit.journal.TestJournal.texts;
import static io.entrepot.server.audit.journal.TestJournal.until;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fails every file operation of a workload, each once and from then on, and looks what is left. */
class FailureTest {

    private static final int ENOUGH = 1_000;
    /** Spares are made beside the workload, so that one run reaches an operation that the next does not. */
    private static final int UNREACHED_IN_A_ROW = 10;

    private static final int RECORDS = 12;
    /** Of records of this size four fit into a segment. */
    private static final int SEGMENTS = 3;
    /**
     * What the workload must do whatever the threads do: write and force each record; create, zero, head, force, name and force
     * the name of each spare, and name it again as a segment.
     */
    private static final int LEAST = 2 * RECORDS + 8 * SEGMENTS;

    @TempDir(factory = InMemory.class)
    Path temp;

    /** What was acknowledged, by seq. */
    private final Map<Long, String> acknowledged = new TreeMap<>();

    @ParameterizedTest
    @CsvSource({
        "false, Input/output error",
        "true, Input/output error",
        "false, No space left on device",
        "true, No space left on device"
    })
    void keepsItsWordWhicheverOperationFails(boolean persists, String error) throws Exception {
        int failing = 0;
        int reached = 0;
        while (failing < ENOUGH && failing - reached < UNREACHED_IN_A_ROW) {
            failing++;
            if (survives(new FaultyFs(WrappedFs.quick(), failing, persists, error), failing)) {
                reached = failing;
            }
        }

        assertThat(reached).isBetween(LEAST, ENOUGH - 1);
    }

    /** False if nothing failed: the workload does not have so many operations this time. */
    private boolean survives(FaultyFs fs, int number) throws Exception {
        acknowledged.clear();
        TestJournal test = new TestJournal(temp.resolve("journal" + number));
        test.fs = fs;
        use(test, fs);
        TestJournal after = new TestJournal(test.directory);
        try (Journal journal = after.open()) {
            check(journal);
        }
        assertThat(after.gaps).as("failure %d", number).isEmpty();
        return fs.hasFailed();
    }

    private void use(TestJournal test, FaultyFs fs) throws Exception {
        try (Journal journal = test.open()) {
            for (int i = 0; i < RECORDS; i++) {
                append(journal, "record " + i + "-".repeat(1_500));
            }
            journal.forget(6);
            fs.heal();
            until(journal::isWritable);
            append(journal, "after the fault");
            assertThat(acknowledged).containsValue("after the fault");
            check(journal);
            assertThat(test.outages).hasSameSizeAs(test.failures);
        } catch (IOException e) {
            fs.heal();
        }
    }

    private void append(Journal journal, String text) throws Exception {
        try {
            long seq = journal.append(body(text)).get(1, TimeUnit.MINUTES);
            assertThat(acknowledged.put(seq, text)).as("seq %d", seq).isNull();
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(JournalFailed.class);
        }
    }

    /** All that is still held and was acknowledged is there as it was given, each once, in order. */
    private void check(Journal journal) throws IOException {
        long first = journal.first();
        assertThat(first).isLessThanOrEqualTo(6);
        List<JournalRecord> records;
        try (JournalReader reader = journal.read(first)) {
            records = TestJournal.records(reader);
        }
        for (int i = 0; i < records.size(); i++) {
            assertThat(records.get(i).seq()).isEqualTo(first + i);
        }
        acknowledged.forEach((seq, text) -> {
            if (seq >= first) {
                assertThat(TestJournal.text(records.get((int) (seq - first)))).isEqualTo(record(seq, text));
            }
        });
    }

    @Test
    void writesABatchAgainElsewhereWhenItsForceFails() throws Exception {
        TestJournal test = new TestJournal(temp.resolve("again"));
        Switched fs = new Switched();
        test.fs = fs;
        try (Journal journal = test.open()) {
            TestJournal.append(journal, "a", "b");
            fs.failing = 1;
            assertThat(TestJournal.append(journal, "c", "d")).containsExactly(2L, 3L);

            assertThat(test.segments())
                    .extracting(path -> path.getFileName().toString())
                    .containsExactly("0000000000000000.seg", "0000000000000002.seg");
            assertThat(test.abandoned).containsExactly(test.segments().get(0));
            assertThat(test.failures).isEmpty();
            assertThat(texts(journal, 0))
                    .containsExactly(record(0, "a"), record(1, "b"), record(2, "c"), record(3, "d"));
            assertThat(fs.writesAfterFailure).isZero();
        }
        try (Journal journal = test.open()) {
            assertThat(texts(journal, 0)).hasSize(4);
        }
        assertThat(test.gaps).isEmpty();
    }

    @Test
    void failsAllThatWaitsAndSaysWhenItIsBack() throws Exception {
        TestJournal test = new TestJournal(temp.resolve("failed"));
        Switched fs = new Switched();
        test.fs = fs;
        try (Journal journal = test.open()) {
            TestJournal.append(journal, "a");
            fs.failing = Integer.MAX_VALUE;
            List<CompletableFuture<Long>> waiting = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                waiting.add(journal.append(body("lost " + i)));
            }
            until(() -> waiting.stream().allMatch(CompletableFuture::isCompletedExceptionally));

            assertThat(journal.isWritable()).isFalse();
            // it is said after those who wait were told
            until(() -> !test.failures.isEmpty());
            assertThat(test.failures).hasSize(1);
            assertThat(waiting.get(9))
                    .failsWithin(1, TimeUnit.MINUTES)
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(JournalFailed.class)
                    .withMessageContaining("journal cannot be written: Input/output error");
            assertThat(journal.offer(body("refused"))).isFalse();
            assertThat(texts(journal, 0)).containsExactly(record(0, "a"));

            fs.failing = 0;
            until(journal::isWritable);
            assertThat(TestJournal.append(journal, "b")).containsExactly(1L);
            assertThat(texts(journal, 0)).containsExactly(record(0, "a"), record(1, "b"));
            assertThat(test.outages).singleElement().satisfies(outage -> {
                assertThat(outage.refused()).isEqualTo(11);
                assertThat(outage.cause()).hasMessage("Input/output error");
                assertThat(outage.from()).isBeforeOrEqualTo(outage.to());
            });
        }
    }

    @Test
    void isBackAfterWhatNobodyExpected() throws Exception {
        TestJournal test = new TestJournal(temp.resolve("unexpected"));
        boolean[] fails = {false};
        test.fs = new WrappedFs(WrappedFs.quick()) {
            @Override
            public void force(FileChannel file, boolean metadata) {
                if (!metadata && fails[0]) {
                    fails[0] = false;
                    throw new IllegalStateException("unexpected");
                }
            }
        };
        try (Journal journal = test.open()) {
            TestJournal.append(journal, "a");
            fails[0] = true;

            assertThat(journal.append(body("b")))
                    .failsWithin(1, TimeUnit.MINUTES)
                    .withThrowableOfType(ExecutionException.class)
                    .withMessageContaining("journal cannot be written: java.lang.IllegalStateException: unexpected");
            until(journal::isWritable);
            assertThat(TestJournal.append(journal, "c")).containsExactly(1L);
            assertThat(texts(journal, 0)).containsExactly(record(0, "a"), record(1, "c"));
        }
    }

    @Test
    void writesOnAFullDiskAsLongAsThereAreSpares() throws Exception {
        TestJournal test = new TestJournal(temp.resolve("full"));
        FullFs fs = new FullFs();
        test.fs = fs;
        String text = "z".repeat(3_000);
        try (Journal journal = test.open()) {
            TestJournal.append(journal, text);
            until(() -> spares(journal) == 2);
            fs.full = true;
            for (int i = 1; i < 6; i++) {
                assertThat(TestJournal.append(journal, text)).containsExactly((long) i);
            }
            assertThat(journal.append(body(text)))
                    .failsWithin(1, TimeUnit.MINUTES)
                    .withThrowableOfType(ExecutionException.class)
                    .withMessageContaining("journal cannot be written: no spare segment");
            assertThat(test.noSpares).isNotEmpty();

            journal.forget(4);
            until(journal::isWritable);
            assertThat(TestJournal.append(journal, text)).containsExactly(6L);
            assertThat(texts(journal, 4)).hasSize(3);
        }
        assertThat(test.outages).hasSize(1);
    }

    private static int spares(Journal journal) {
        try {
            return journal.space().spares();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** So many forces of batches fail. */
    private static final class Switched extends WrappedFs {

        private volatile int failing;
        private volatile int writesAfterFailure;
        private volatile Object failed = this;

        Switched() {
            super(WrappedFs.quick());
        }

        @Override
        public void force(FileChannel file, boolean metadata) throws IOException {
            if (!metadata && failing > 0) {
                failing--;
                failed = file;
                throw new IOException(FaultyFs.EIO);
            }
        }

        @Override
        public void write(FileChannel file, ByteBuffer bytes, long position) throws IOException {
            if (file.equals(failed)) {
                writesAfterFailure++;
            }
            super.write(file, bytes, position);
        }
    }

    /** No new file can be made while it is full. */
    private static final class FullFs extends WrappedFs {

        private volatile boolean full;

        FullFs() {
            super(WrappedFs.quick());
        }

        @Override
        public FileChannel create(Path file) throws IOException {
            if (full && file.toString().endsWith(".tmp")) {
                throw new IOException(FaultyFs.ENOSPC);
            }
            return super.create(file);
        }
    }
}
