package io.entrepot.server.audit.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How fast the journal is on the disk of {@code target}; prints, and holds nothing against a clock. */
@Tag("long")
class SpeedTest {

    private static final Body BODY = TestJournal.body("b".repeat(600));
    private static final int SECONDS = Integer.getInteger("entrepot.journal.seconds", 5);
    private static final int RATE = Integer.getInteger("entrepot.journal.rate", 30_000);

    @Test
    void prints() throws Exception {
        Path temp = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "journal-speed");
        try {
            saturate(temp.resolve("warm"));
            System.out.printf(Locale.ROOT, "journal: %,d durable records/s%n", saturate(temp.resolve("flood")));
            long[] before = fdatasync(temp.resolve("before"));
            double[] added = paced(temp.resolve("paced"));
            double[] disk = percentiles(joined(before, fdatasync(temp.resolve("after"))));
            print("fdatasync of 20 KiB, before and after", disk);
            print("append to durable at " + RATE + "/s", added);
            System.out.printf(
                    Locale.ROOT,
                    "journal: p99 %.2f ms (goal: at most 2 x fdatasync p99 + 1 ms = %.2f ms)%n",
                    added[1],
                    2 * disk[1] + 1);
            producerCost(temp.resolve("cost"));
        } finally {
            delete(temp);
        }
    }

    private static void print(String what, double[] percentiles) {
        System.out.printf(Locale.ROOT, "journal: %s: p50 %.2f ms, p99 %.2f ms%n", what, percentiles[0], percentiles[1]);
    }

    private static long[] joined(long[] some, long[] others) {
        return LongStream.concat(Arrays.stream(some), Arrays.stream(others)).toArray();
    }

    private static long[] fdatasync(Path path) throws IOException {
        JournalFs fs = new NioFs();
        try (FileChannel file = fs.create(path)) {
            ByteBuffer bytes = ByteBuffer.allocateDirect(64 << 20);
            fs.write(file, bytes, 0);
            fs.force(file, true);
            long[] nanos = new long[2_000];
            for (int i = 0; i < nanos.length; i++) {
                bytes.clear().limit(20 * 1024);
                long begin = System.nanoTime();
                fs.write(file, bytes, i * 20L * 1024);
                fs.force(file, false);
                nanos[i] = System.nanoTime() - begin;
            }
            return nanos;
        }
    }

    /** As fast as two threads can; who finds the queue full waits a little. */
    private static long saturate(Path directory) throws Exception {
        long begin = System.nanoTime();
        long durable;
        try (Journal journal = Journal.open(directory, JournalOptions.DEFAULT, new TestJournal(directory))) {
            begin = System.nanoTime();
            long end = begin + TimeUnit.SECONDS.toNanos(SECONDS);
            List<Thread> threads = List.of(flooding(journal, end), flooding(journal, end));
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
            TestJournal.until(() -> journal.next() == journal.durable() && journal.offer(BODY));
            durable = journal.durable();
        }
        return durable * TimeUnit.SECONDS.toNanos(1) / (System.nanoTime() - begin);
    }

    private static Thread flooding(Journal journal, long end) {
        return new Thread(() -> {
            while (System.nanoTime() < end) {
                if (!journal.offer(BODY)) {
                    LockSupport.parkNanos(100_000);
                }
            }
        });
    }

    /** Ten records each third of a millisecond, by one thread. */
    private static double[] paced(Path directory) throws Exception {
        int total = RATE * SECONDS;
        long[] nanos = new long[total];
        AtomicInteger done = new AtomicInteger();
        try (Journal journal = Journal.open(directory, JournalOptions.DEFAULT, new TestJournal(directory))) {
            long begin = System.nanoTime();
            for (int i = 0; i < total; i++) {
                long due = begin + TimeUnit.SECONDS.toNanos(i / 10 * 10L) / RATE;
                while (System.nanoTime() < due) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                int index = i;
                long at = System.nanoTime();
                journal.append(BODY, Runnable::run).thenRun(() -> {
                    nanos[index] = System.nanoTime() - at;
                    done.incrementAndGet();
                });
            }
            TestJournal.until(() -> done.get() == total);
            assertThat(journal.durable()).isEqualTo(total);
        }
        return percentiles(Arrays.copyOfRange(nanos, total / 5, total));
    }

    private static void producerCost(Path directory) throws Exception {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        List<Double> waiting = new ArrayList<>();
        List<Double> fired = new ArrayList<>();
        try (Journal journal = Journal.open(directory, JournalOptions.DEFAULT, new TestJournal(directory))) {
            for (int round = 0; round < 400; round++) {
                int burst = 1_000;
                int taken = 0;
                CompletableFuture<Long> last = journal.append(BODY);
                long begin = threads.getCurrentThreadCpuTime();
                for (int i = 0; i < burst; i++) {
                    last = journal.append(BODY);
                }
                waiting.add((threads.getCurrentThreadCpuTime() - begin) / (double) burst);
                last.join();
                begin = threads.getCurrentThreadCpuTime();
                for (int i = 0; i < burst; i++) {
                    taken += journal.offer(BODY) ? 1 : 0;
                }
                fired.add((threads.getCurrentThreadCpuTime() - begin) / (double) burst);
                assertThat(taken).isEqualTo(burst);
                journal.append(BODY).join();
            }
        }
        System.out.printf(
                Locale.ROOT,
                "journal: CPU of the producer: append %.0f ns, offer %.0f ns%n",
                median(waiting),
                median(fired));
    }

    private static double median(List<Double> values) {
        return values.subList(values.size() / 2, values.size()).stream()
                .sorted()
                .skip(values.size() / 4)
                .findFirst()
                .orElseThrow();
    }

    private static double[] percentiles(long[] nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return new double[] {sorted[sorted.length / 2] / 1e6, sorted[sorted.length * 99 / 100] / 1e6};
    }

    private static void delete(Path root) throws IOException {
        try (var all = Files.walk(root)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
