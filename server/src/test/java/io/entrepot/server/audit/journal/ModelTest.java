package io.entrepot.server.audit.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/** Any series of what can be done with a journal, held against a list. */
class ModelTest {

    /** One thing that is done with a journal. */
    sealed interface Step {

        /** Appends records of these sizes, then waits for all. */
        record Append(List<Integer> sizes) implements Step {}

        /** Offers records of these sizes, and waits for nothing. */
        record Offer(List<Integer> sizes) implements Step {}

        /** Reads on with a reader that was opened before. */
        record ReadOn() implements Step {}

        /** Reads from this share of all records on, in thousandths. */
        record ReadFrom(int share) implements Step {}

        /** Forgets this share of all records, in thousandths. */
        record Forget(int share) implements Step {}

        /** Closes and opens again. */
        record Reopen() implements Step {}
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<List<Integer>> sizes =
                Arbitraries.integers().between(0, 2_900).list().ofMinSize(1).ofMaxSize(12);
        Arbitrary<Integer> share = Arbitraries.integers().between(0, 1_000);
        Arbitrary<Step> step = Arbitraries.oneOf(
                sizes.map(Step.Append::new),
                sizes.map(Step.Offer::new),
                Arbitraries.create(Step.ReadOn::new),
                share.map(Step.ReadFrom::new),
                share.map(Step.Forget::new),
                Arbitraries.create(Step.Reopen::new));
        return step.list().ofMinSize(1).ofMaxSize(30);
    }

    @Property(tries = 200, shrinking = ShrinkingMode.BOUNDED)
    void behavesLikeAList(@ForAll("steps") List<Step> steps) throws Exception {
        Path directory = Files.createTempDirectory(
                Files.isWritable(Path.of("/dev/shm")) ? Path.of("/dev/shm") : Path.of("/tmp"), "entrepot");
        try (Model model = new Model(directory)) {
            for (Step step : steps) {
                model.take(step);
            }
        } finally {
            delete(directory);
        }
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** A journal beside the list of what was given to it. */
    private static final class Model implements AutoCloseable {

        private final TestJournal test;
        private final List<String> given = new ArrayList<>();
        private Journal journal;
        private JournalReader reader;
        private long read;
        private long forgotten;

        Model(Path directory) throws IOException {
            test = new TestJournal(directory);
            journal = test.open();
            reader = JournalReader.open(directory, 0);
        }

        void take(Step step) throws Exception {
            if (step instanceof Step.Append append) {
                append(append.sizes());
            } else if (step instanceof Step.Offer offer) {
                offer.sizes()
                        .forEach(size -> assertThat(journal.offer(TestJournal.body(next(size))))
                                .isTrue());
            } else if (step instanceof Step.ReadOn) {
                readOn();
            } else if (step instanceof Step.ReadFrom from) {
                append(List.of(1));
                long seq = Math.max(forgotten, (long) given.size() * from.share() / 1_000);
                assertThat(TestJournal.texts(journal, seq)).isEqualTo(expected(seq));
            } else if (step instanceof Step.Forget forget) {
                forgotten = Math.max(forgotten, journal.durable() * forget.share() / 1_000);
                journal.forget(forgotten);
                assertThat(journal.first()).isLessThanOrEqualTo(forgotten);
            } else {
                journal.close();
                journal = test.open();
                assertThat(journal.next()).isEqualTo(given.size());
            }
            assertThat(test.gaps).isEmpty();
        }

        private void append(List<Integer> sizes) throws Exception {
            List<CompletableFuture<Long>> futures = new ArrayList<>();
            int first = given.size();
            for (int size : sizes) {
                futures.add(journal.append(TestJournal.body(next(size))));
            }
            for (int i = 0; i < futures.size(); i++) {
                assertThat(futures.get(i).get(1, TimeUnit.MINUTES)).isEqualTo(first + i);
            }
        }

        /** Goes over what was forgotten before it came to it, and over nothing else. */
        private void readOn() throws IOException {
            Optional<JournalRecord> record = reader.next();
            while (record.isPresent()) {
                long seq = record.get().seq();
                assertThat(seq).isGreaterThanOrEqualTo(read);
                assertThat(seq == read || seq <= forgotten).isTrue();
                assertThat(TestJournal.text(record.get()))
                        .isEqualTo(expected(seq).get(0));
                read = seq + 1;
                record = reader.next();
            }
        }

        private String next(int size) {
            given.add(given.size() + "-".repeat(size));
            return given.get(given.size() - 1);
        }

        private List<String> expected(long from) {
            List<String> expected = new ArrayList<>();
            for (int seq = (int) from; seq < given.size(); seq++) {
                expected.add(TestJournal.record(seq, given.get(seq)));
            }
            return expected;
        }

        @Override
        public void close() throws IOException {
            reader.close();
            journal.close();
        }
    }
}
