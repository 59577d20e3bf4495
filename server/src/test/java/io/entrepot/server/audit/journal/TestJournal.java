package io.entrepot.server.audit.journal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A journal in a directory, with small segments; and what it said to its listener. */
final class TestJournal implements JournalListener {

    static final JournalOptions SMALL = JournalOptions.DEFAULT
            .withSegmentBytes(8 * 1024)
            .withLinger(Duration.ZERO)
            .withRetry(Duration.ofMillis(1), Duration.ofMillis(5));

    final Path directory;
    final List<Gap> gaps = new CopyOnWriteArrayList<>();
    final List<Path> abandoned = new CopyOnWriteArrayList<>();
    final List<IOException> failures = new CopyOnWriteArrayList<>();
    final List<Outage> outages = new CopyOnWriteArrayList<>();
    final List<IOException> noSpares = new CopyOnWriteArrayList<>();
    JournalOptions options = SMALL;
    JournalFs fs = WrappedFs.quick();

    TestJournal(Path directory) {
        this.directory = directory;
    }

    Journal open() throws IOException {
        return Journal.open(fs, directory, options, this);
    }

    static Body body(String text) {
        return Body.of(("\"text\":\"" + text + "\"}").getBytes(StandardCharsets.UTF_8));
    }

    static String record(long seq, String text) {
        return "{\"seq\":" + seq + ",\"text\":\"" + text + "\"}";
    }

    /** Appends one record after the other; each is durable before the next. */
    static List<Long> append(Journal journal, String... texts) throws Exception {
        List<Long> seqs = new ArrayList<>();
        for (String text : texts) {
            seqs.add(journal.append(body(text)).get(1, TimeUnit.MINUTES));
        }
        return seqs;
    }

    /** All that can be read from this seq on. */
    static List<String> texts(Journal journal, long from) throws IOException {
        try (JournalReader reader = journal.read(from)) {
            return texts(reader);
        }
    }

    static List<String> texts(JournalReader reader) throws IOException {
        return records(reader).stream().map(TestJournal::text).toList();
    }

    static List<JournalRecord> records(JournalReader reader) throws IOException {
        List<JournalRecord> records = new ArrayList<>();
        Optional<JournalRecord> record = reader.next();
        while (record.isPresent()) {
            records.add(record.get());
            record = reader.next();
        }
        return records;
    }

    static String text(JournalRecord record) {
        return new String(record.bytes(), StandardCharsets.UTF_8);
    }

    /** The segment files that hold records, oldest first. */
    List<Path> segments() throws IOException {
        Layout layout = new Layout(directory.toRealPath());
        return layout.segments(new NioFs()).stream().map(layout::segment).toList();
    }

    static void until(BooleanSupplier holds) {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("did not come about within a minute");
            }
            Thread.onSpinWait();
        }
    }

    @Override
    public void gap(Gap gap) {
        gaps.add(gap);
    }

    @Override
    public void abandoned(Path segment, IOException cause) {
        abandoned.add(segment);
    }

    @Override
    public void failed(IOException cause) {
        failures.add(cause);
    }

    @Override
    public void recovered(Outage outage) {
        outages.add(outage);
    }

    @Override
    public void noSpare(int left, IOException cause) {
        noSpares.add(cause);
    }
}
