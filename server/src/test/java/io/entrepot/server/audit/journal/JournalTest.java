package io.entrepot.server.audit.journal;

import static io.entrepot.server.audit.journal.TestJournal.append;
import static io.entrepot.server.audit.journal.TestJournal.body;
import static io.entrepot.server.audit.journal.TestJournal.record;
import static io.entrepot.server.audit.journal.TestJournal.texts;
import static io.entrepot.server.audit.journal.TestJournal.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {

    @TempDir
    Path temp;

    @Test
    void numbersRecordsFromZeroAndGivesThemBack() throws Exception {
        TestJournal test = new TestJournal(temp.resolve("journal"));
        try (Journal journal = test.open()) {
            assertThat(append(journal, "a", "b", "c")).containsExactly(0L, 1L, 2L);

            assertThat(texts(journal, 0)).containsExactly(record(0, "a"), record(1, "b"), record(2, "c"));
            assertThat(texts(journal, 2)).containsExactly(record(2, "c"));
            assertThat(journal.durable()).isEqualTo(3);
            assertThat(journal.next()).isEqualTo(3);
        }
    }

    @Test
    void goesOnWhereItEnded() throws Exception {
        TestJournal test = new TestJournal(temp);
        try (Journal journal = test.open()) {
            append(journal, "a", "b");
        }
        try (Journal journal = test.open()) {
            assertThat(append(journal, "c")).containsExactly(2L);
            assertThat(texts(journal, 0)).containsExactly(record(0, "a"), record(1, "b"), record(2, "c"));
        }
        assertThat(test.gaps).isEmpty();
    }

    @Test
    void fillsOneSegmentAfterTheOther() throws Exception {
        TestJournal test = new TestJournal(temp);
        List<String> written = new ArrayList<>();
        try (Journal journal = test.open()) {
            for (int i = 0; i < 100; i++) {
                append(journal, "x".repeat(i * 10));
                written.add(record(i, "x".repeat(i * 10)));
            }

            assertThat(texts(journal, 0)).isEqualTo(written);
        }
        assertThat(test.segments()).hasSizeGreaterThan(5);
        try (Journal journal = test.open()) {
            assertThat(texts(journal, 0)).isEqualTo(written);
            assertThat(texts(journal, 57)).isEqualTo(written.subList(57, 100));
        }
        assertThat(test.gaps).isEmpty();
    }

    @Test
    void asksForABodyOnceAndOnTheThreadThatWrites() throws Exception {
        Queue<String> askedBy = new ConcurrentLinkedQueue<>();
        Body late = new Body() {
            @Override
            public int weight() {
                return 10;
            }

            @Override
            public byte[] bytes() {
                askedBy.add(Thread.currentThread().getName());
                return body("late").bytes();
            }
        };
        try (Journal journal = new TestJournal(temp).open()) {
            journal.append(late).get(1, TimeUnit.MINUTES);

            assertThat(texts(journal, 0)).containsExactly(record(0, "late"));
        }
        assertThat(askedBy).containsExactly("journal-writer");
    }

    @Test
    void writesTheLargestBodyAndRefusesOneByteMore() throws Exception {
        TestJournal test = new TestJournal(temp);
        test.options = JournalOptions.DEFAULT.withSegmentBytes(1 << 20);
        int largest = test.options.largestBody();
        assertThat(largest).isEqualTo(65_508);
        try (Journal journal = test.open()) {
            journal.append(Body.of(new byte[largest])).get(1, TimeUnit.MINUTES);

            assertThat(texts(journal, 0)).singleElement().asString().hasSize("{\"seq\":0,".length() + largest);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> journal.append(Body.of(new byte[largest + 1])))
                    .withMessage("body of 65509 bytes (expected: 1 to 65508)");
            assertThatIllegalArgumentException().isThrownBy(() -> journal.offer(Body.of(new byte[0])));
        }
    }

    @Test
    void writesWhatWaitsBeforeItCloses() throws Exception {
        TestJournal test = new TestJournal(temp);
        List<CompletableFuture<Long>> futures = new ArrayList<>();
        try (Journal journal = test.open()) {
            for (int i = 0; i < 1_000; i++) {
                futures.add(journal.append(body("r" + i)));
            }
        }

        for (int i = 0; i < 1_000; i++) {
            assertThat(futures.get(i)).isCompletedWithValue((long) i);
        }
    }

    @Test
    void takesNothingAfterItIsClosed() throws Exception {
        Journal journal = new TestJournal(temp).open();
        journal.close();

        assertThat(journal.offer(body("late"))).isFalse();
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> journal.append(body("late")).get(1, TimeUnit.MINUTES))
                .withCauseInstanceOf(JournalClosed.class);
    }

    @Test
    void isOpenOnceAtATime() throws Exception {
        try (Journal journal = new TestJournal(temp).open()) {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> new TestJournal(temp).open())
                    .withMessage("journal " + temp.toRealPath() + " is in use (expected: one process that writes it)");
            assertThat(journal.isWritable()).isTrue();
        }
        new TestJournal(temp).open().close();
    }

    @Test
    void keepsARecordForWhichNobodyWaits() throws Exception {
        try (Journal journal = new TestJournal(temp).open()) {
            assertThat(journal.offer(body("fired"))).isTrue();
            append(journal, "awaited");

            assertThat(texts(journal, 0)).containsExactly(record(0, "fired"), record(1, "awaited"));
        }
    }

    @Test
    void resumesAllOfABatchThatShareAnExecutorByOneTask() throws Exception {
        TestJournal test = new TestJournal(temp);
        HeldFs disk = new HeldFs();
        test.fs = disk;
        List<Runnable> one = new CopyOnWriteArrayList<>();
        List<Runnable> other = new CopyOnWriteArrayList<>();
        Executor first = one::add;
        Executor second = other::add;
        try (Journal journal = test.open()) {
            disk.hold();
            CompletableFuture<Long> before = journal.append(body("held"));
            disk.awaitForce();
            List<CompletableFuture<Long>> batch = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                batch.add(journal.append(body("r" + i), i % 2 == 0 ? first : second));
            }
            disk.release();
            before.get(1, TimeUnit.MINUTES);
            until(() -> journal.durable() == 101 && !other.isEmpty() && !one.isEmpty());

            assertThat(one).hasSize(1);
            assertThat(other).hasSize(1);
            assertThat(batch).noneMatch(CompletableFuture::isDone);
            one.get(0).run();
            other.get(0).run();
            for (int i = 0; i < 100; i++) {
                assertThat(batch.get(i)).isCompletedWithValue(i + 1L);
            }
        }
    }

    @Test
    void acknowledgesNothingThatIsNotForced() throws Exception {
        TestJournal test = new TestJournal(temp);
        HeldFs disk = new HeldFs();
        test.fs = disk;
        try (Journal journal = test.open()) {
            disk.hold();
            CompletableFuture<Long> future = journal.append(body("held"));
            disk.awaitForce();

            assertThat(future).isNotDone();
            assertThat(journal.durable()).isZero();
            assertThat(journal.next()).isEqualTo(1);
            assertThat(texts(journal, 0)).isEmpty();
            try (JournalReader elsewhere = JournalReader.open(temp, 0)) {
                assertThat(elsewhere.next()).isEmpty();
            }
            disk.release();
            assertThat(future.get(1, TimeUnit.MINUTES)).isZero();
        }
    }

    @Test
    void refusesAtOnceWhatWaitsBeyondItsBound() throws Exception {
        TestJournal test = new TestJournal(temp);
        test.options = TestJournal.SMALL.withQueue(10, 1 << 20);
        HeldFs disk = new HeldFs();
        test.fs = disk;
        try (Journal journal = test.open()) {
            disk.hold();
            CompletableFuture<Long> held = journal.append(body("held"));
            disk.awaitForce();
            for (int i = 0; i < 10; i++) {
                assertThat(journal.offer(body("r" + i))).isTrue();
            }

            assertThat(journal.append(body("eleventh")))
                    .failsWithin(1, TimeUnit.MINUTES)
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(JournalBusy.class)
                    .withMessageContaining("journal is busy: 10 records, ");
            assertThat(journal.refused()).isEqualTo(1);
            disk.release();
            held.get(1, TimeUnit.MINUTES);
            until(() -> journal.durable() == 11);
            assertThat(append(journal, "again")).containsExactly(11L);
        }
    }

    @Test
    void refusesAtOnceWhatIsTooManyBytes() throws Exception {
        TestJournal test = new TestJournal(temp);
        test.options = TestJournal.SMALL.withSegmentBytes(1 << 20).withQueue(1_000, 100_000);
        HeldFs disk = new HeldFs();
        test.fs = disk;
        try (Journal journal = test.open()) {
            disk.hold();
            journal.offer(body("held"));
            disk.awaitForce();

            assertThat(journal.offer(Body.of(new byte[60_000]))).isTrue();
            assertThat(journal.offer(Body.of(new byte[60_000]))).isFalse();
            assertThat(journal.offer(Body.of(new byte[30_000]))).isTrue();
            disk.release();
        }
    }

    @Test
    void resumesOnTheWritersThreadWhomADeadExecutorLeaves() throws Exception {
        try (Journal journal = new TestJournal(temp).open()) {
            Executor dead = task -> {
                throw new RejectedExecutionException();
            };

            assertThat(journal.append(body("a"), dead).get(1, TimeUnit.MINUTES)).isZero();
        }
    }

    @Test
    void numbersOnFromWhatIsHeldElsewhere() throws Exception {
        TestJournal test = new TestJournal(temp);
        test.options = TestJournal.SMALL.withFirst(65_536);
        try (Journal journal = test.open()) {
            assertThat(append(journal, "a")).containsExactly(65_536L);
            assertThat(journal.first()).isEqualTo(65_536);
        }
        assertThat(test.gaps).isEmpty();
    }

    @Test
    void forgetsSegmentsAndUsesThemAnew() throws Exception {
        TestJournal test = new TestJournal(temp);
        try (Journal journal = test.open()) {
            for (int i = 0; i < 200; i++) {
                append(journal, "y".repeat(400));
            }
            Space before = journal.space();
            assertThat(before.segments()).isGreaterThan(9);

            journal.forget(150);
            until(() -> segments(test) == spaceOf(journal).segments());

            assertThat(journal.first()).isGreaterThan(100).isLessThanOrEqualTo(150);
            assertThat(texts(journal, 0)).hasSize((int) (200 - journal.first()));
            assertThat(texts(journal, 150)).hasSize(50);
            journal.forget(Long.MAX_VALUE);
            assertThat(append(journal, "on")).containsExactly(200L);
            assertThat(texts(journal, 200)).containsExactly(record(200, "on"));
        }
    }

    private static int segments(TestJournal test) {
        try {
            return test.segments().size();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Space spaceOf(Journal journal) {
        try {
            return journal.space();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void holdsSparesReadyAndSaysWhatItTakes() throws Exception {
        TestJournal test = new TestJournal(temp);
        try (Journal journal = test.open()) {
            append(journal, "a");
            until(() -> spaceOf(journal).spares() == 2);

            assertThat(journal.space().segments()).isEqualTo(1);
            assertThat(journal.space().used()).isEqualTo(3 * 8 * 1024);
            assertThat(journal.space().free()).isPositive();
        }
    }

    @Test
    void takesFromManyThreadsAndLosesNone() throws Exception {
        TestJournal test = new TestJournal(temp);
        test.options = TestJournal.SMALL.withSegmentBytes(256 * 1024);
        AtomicInteger done = new AtomicInteger();
        try (Journal journal = test.open()) {
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                int who = t;
                threads.add(new Thread(() -> {
                    for (int i = 0; i < 5_000; i++) {
                        journal.append(body(who + "-" + i)).thenRun(done::incrementAndGet);
                    }
                }));
            }
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
            until(() -> done.get() == 20_000);

            List<String> all = texts(journal, 0);
            assertThat(all).hasSize(20_000);
            for (int who = 0; who < 4; who++) {
                String mine = "\"text\":\"" + who + "-";
                assertThat(all.stream().filter(text -> text.contains(mine)).map(JournalTest::number))
                        .isSorted()
                        .hasSize(5_000);
            }
        }
    }

    private static int number(String text) {
        return Integer.parseInt(text.substring(text.lastIndexOf('-') + 1, text.lastIndexOf('"')));
    }

    /** A disk whose forces wait while it is held. */
    private static final class HeldFs extends WrappedFs {

        private volatile CountDownLatch gate = new CountDownLatch(0);
        private volatile CountDownLatch arrived = new CountDownLatch(0);

        HeldFs() {
            super(WrappedFs.quick());
        }

        void hold() {
            arrived = new CountDownLatch(1);
            gate = new CountDownLatch(1);
        }

        void awaitForce() throws InterruptedException {
            assertThat(arrived.await(1, TimeUnit.MINUTES)).isTrue();
        }

        void release() {
            gate.countDown();
        }

        @Override
        public void force(FileChannel file, boolean metadata) {
            if (!metadata) {
                await(gate, arrived);
            }
        }

        private static void await(CountDownLatch gate, CountDownLatch arrived) {
            arrived.countDown();
            try {
                assertThat(gate.await(1, TimeUnit.MINUTES)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
