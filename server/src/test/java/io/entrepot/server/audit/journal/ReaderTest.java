package io.entrepot.server.audit.journal;

import static io.entrepot.server.audit.journal.TestJournal.append;
import static io.entrepot.server.audit.journal.TestJournal.record;
import static io.entrepot.server.audit.journal.TestJournal.texts;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReaderTest {

    @TempDir
    Path temp;

    @Test
    void followsAnotherProcessThatWrites() throws Exception {
        Process writer = new ProcessBuilder(Child.command(Child.Endless.class, temp.toString(), "w"))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (JournalReader reader = JournalReader.open(temp, 0)) {
            long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
            for (long seq = 0; seq < 20_000; ) {
                assertThat(System.nanoTime()).isLessThan(deadline);
                Optional<JournalRecord> record = reader.next();
                if (record.isPresent()) {
                    assertThat(record.get().seq()).isEqualTo(seq);
                    assertThat(TestJournal.text(record.get())).startsWith("{\"seq\":" + seq + ",\"text\":\"w-");
                    seq++;
                }
            }
        } finally {
            writer.destroyForcibly();
            assertThat(writer.waitFor(1, TimeUnit.MINUTES)).isTrue();
        }
    }

    @Test
    void seesNothingWhereNoJournalIs() throws Exception {
        try (JournalReader reader = JournalReader.open(temp, 0)) {
            assertThat(reader.next()).isEmpty();
        }
    }

    @Test
    void waitsForTheSeqThatItBeginsWith() throws Exception {
        try (Journal journal = new TestJournal(temp).open();
                JournalReader reader = JournalReader.open(temp, 2)) {
            append(journal, "a", "b");
            assertThat(reader.next()).isEmpty();
            append(journal, "c");
            assertThat(texts(reader)).containsExactly(record(2, "c"));
        }
    }

    @Test
    void goesOnInTheOldestSegmentWhenItsOwnIsForgottenAndUsedAnew() throws Exception {
        TestJournal test = new TestJournal(temp);
        String text = "r".repeat(2_000);
        try (Journal journal = test.open();
                JournalReader reader = JournalReader.open(temp, 0)) {
            append(journal, text, text);
            assertThat(reader.next()).map(JournalRecord::seq).contains(0L);
            for (int i = 2; i < 100; i++) {
                append(journal, text);
                journal.forget(i - 4);
            }
            long first = journal.first();
            assertThat(first).isGreaterThan(80);

            long last = 0;
            for (Optional<JournalRecord> next = reader.next(); next.isPresent(); next = reader.next()) {
                assertThat(next.get().seq()).isGreaterThan(last);
                assertThat(TestJournal.text(next.get()))
                        .isEqualTo(record(next.get().seq(), text));
                last = next.get().seq();
            }
            assertThat(last).isEqualTo(99);
        }
    }

    /** The force of the record b fails after it is in the file, and again in the next one: c gets its seq. */
    @Test
    void neverShowsWhatWasNotAcknowledged() throws Exception {
        TestJournal test = new TestJournal(temp);
        boolean[] fails = {false};
        test.fs = new WrappedFs(WrappedFs.quick()) {
            @Override
            public void force(FileChannel file, boolean metadata) throws IOException {
                if (!metadata && fails[0]) {
                    throw new IOException(FaultyFs.EIO);
                }
            }
        };
        try (Journal journal = test.open();
                JournalReader reader = JournalReader.open(temp, 0)) {
            append(journal, "a");
            fails[0] = true;
            assertThat(journal.append(TestJournal.body("b"))).failsWithin(1, TimeUnit.MINUTES);
            assertThat(Files.readString(test.segments().get(0), StandardCharsets.ISO_8859_1))
                    .contains(record(1, "b"));
            assertThat(texts(reader)).containsExactly(record(0, "a"));
            fails[0] = false;
            TestJournal.until(journal::isWritable);
            append(journal, "c");

            assertThat(texts(reader)).containsExactly(record(1, "c"));
        }
        try (Journal journal = test.open()) {
            assertThat(texts(journal, 0)).containsExactly(record(0, "a"), record(1, "c"));
        }
    }
}
