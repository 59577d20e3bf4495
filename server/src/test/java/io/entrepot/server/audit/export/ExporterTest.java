package io.entrepot.server.audit.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.entrepot.loadtest.Await;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sink gets every record in order, whatever happens to it or to us. */
class ExporterTest {

    private final Growing tail = new Growing();

    @TempDir
    private Path cursors;

    /** Records that come while somebody follows. */
    private static final class Growing implements Tail {

        private final List<Entry> all = new CopyOnWriteArrayList<>();
        private volatile long first;

        void grow(int records) {
            for (int i = 0; i < records; i++) {
                all.add(new Entry(all.size(), ("{\"seq\":" + all.size() + "}").getBytes(StandardCharsets.UTF_8)));
            }
        }

        @Override
        public long first() {
            return first;
        }

        @Override
        public long end() {
            return all.size();
        }

        @Override
        public List<Entry> read(long from, int most, long bytes) {
            return List.copyOf(all.subList((int) from, (int) Math.min(all.size(), from + most)));
        }
    }

    /** Takes what it is given, as long as it works. */
    private static final class Taking implements Sink {

        private final List<Long> taken = new CopyOnWriteArrayList<>();
        private volatile boolean broken;

        @Override
        public void deliver(List<Entry> batch) throws IOException {
            if (broken) {
                throw new IOException("nobody is there");
            }
            batch.forEach(entry -> taken.add(entry.seq()));
        }

        @Override
        public void close() {}
    }

    private final List<String> skipped = new CopyOnWriteArrayList<>();

    private Exporter follow(Sink sink) throws IOException {
        return Exporter.start(
                "siem",
                tail,
                sink,
                cursors,
                (name, from, to) -> skipped.add(name + " " + from + " " + to),
                Duration.ofMillis(5));
    }

    private static List<Long> upTo(long end) {
        List<Long> all = new ArrayList<>();
        for (long i = 0; i < end; i++) {
            all.add(i);
        }
        return all;
    }

    @Test
    void bringsWhatIsThereAndWhatComes() throws Exception {
        tail.grow(2_500);
        Taking sink = new Taking();
        try (Exporter exporter = follow(sink)) {
            Await.until("what was there", () -> sink.taken.size() == 2_500);
            tail.grow(3);
            Await.until("what came", () -> sink.taken.size() == 2_503);

            assertThat(sink.taken).isEqualTo(upTo(2_503));
            Await.until("nothing is left", () -> exporter.backlog() == 0);
        }
    }

    @Test
    void goesOnWhereItWasAfterARestart() throws Exception {
        tail.grow(10);
        Taking first = new Taking();
        try (Exporter exporter = follow(first)) {
            Await.until("all of it", () -> exporter.next() == 10);
        }
        tail.grow(5);
        Taking second = new Taking();
        try (Exporter exporter = follow(second)) {
            Await.until("the rest", () -> exporter.next() == 15);
        }

        assertThat(first.taken).isEqualTo(upTo(10));
        assertThat(second.taken).containsExactly(10L, 11L, 12L, 13L, 14L);
    }

    @Test
    void catchesUpInOrderWhenASinkThatWasDownIsThereAgain() throws Exception {
        Taking sink = new Taking();
        sink.broken = true;
        tail.grow(100);
        try (Exporter exporter = follow(sink)) {
            Await.until("it fails", exporter::isFailing);
            tail.grow(100);
            assertThat(exporter.backlog()).isEqualTo(200);
            sink.broken = false;
            Await.until("all of it", () -> exporter.next() == 200);
            Await.until("it works again", () -> !exporter.isFailing());

            assertThat(sink.taken).isEqualTo(upTo(200));
        }
    }

    @Test
    void whatWasThereBeforeASinkIsSentAndNotOwed() throws Exception {
        Taking sink = new Taking();
        sink.broken = true;
        tail.grow(100);
        try (Exporter exporter = follow(sink)) {
            assertThat(exporter.backlog()).isEqualTo(100);
            assertThat(exporter.owed()).isZero();
            assertThat(exporter.isOwed(100)).isFalse();
            tail.grow(7);
            assertThat(exporter.owed()).isEqualTo(7);
            assertThat(exporter.isOwed(101)).isTrue();
        }
        try (Exporter exporter = follow(sink)) {
            assertThat(exporter.owed()).as("after a restart").isEqualTo(7);
            sink.broken = false;
            Await.until("all of it", () -> exporter.next() == 107);

            assertThat(sink.taken).isEqualTo(upTo(107));
            assertThat(exporter.owed()).isZero();
        }
    }

    @Test
    void aCursorOfOneNumberIsOfASinkThatIsOwedEverything() throws Exception {
        Files.writeString(cursors.resolve("siem"), "4\n");
        tail.grow(10);
        Taking sink = new Taking();
        sink.broken = true;
        try (Exporter exporter = follow(sink)) {
            assertThat(exporter.owed()).isEqualTo(6);
        }
    }

    @Test
    void whatWentBeforeItWasSentIsSaidOnce() throws Exception {
        Files.writeString(cursors.resolve("siem"), "0 0\n");
        tail.grow(20);
        tail.first = 12;
        Taking sink = new Taking();
        sink.broken = true;
        try (Exporter exporter = follow(sink)) {
            Await.until("it fails", exporter::isFailing);
            sink.broken = false;
            Await.until("the rest", () -> exporter.next() == 20);
        }

        assertThat(sink.taken).isEqualTo(upTo(20).subList(12, 20));
        assertThat(skipped).containsExactly("siem 0 12");
    }

    @Test
    void aSinkThatIsNewMissesNothingOfWhatWentBeforeIt() throws Exception {
        tail.grow(20);
        tail.first = 12;
        Taking sink = new Taking();
        try (Exporter exporter = follow(sink)) {
            Await.until("all of it", () -> exporter.next() == 20);
        }

        assertThat(sink.taken).isEqualTo(upTo(20).subList(12, 20));
        assertThat(skipped).isEmpty();
    }

    /** As when the log was put back from a backup, and gives numbers that the sink has seen before. */
    @Test
    void aCursorBeyondTheEndHidesNothingThatComes() throws Exception {
        Files.writeString(cursors.resolve("siem"), "1000000 0\n");
        tail.grow(10);
        Taking sink = new Taking();
        try (Exporter exporter = follow(sink)) {
            tail.grow(5);
            Await.until("what came", () -> exporter.next() == 15);
        }

        assertThat(sink.taken).containsExactly(10L, 11L, 12L, 13L, 14L);
    }

    @Test
    void aCursorThatIsNoNumberIsRefusedByName() throws Exception {
        Files.writeString(cursors.resolve("siem"), "x\n");

        assertThat(catchThrowable(() -> follow(new Taking()))).hasMessageContaining("siem holds no number");
    }

    @Test
    void linesGoToAFileThatMayBeRotated() throws Exception {
        Path file = cursors.resolve("audit.jsonl");
        try (LinesSink sink = LinesSink.to(file)) {
            tail.grow(2);
            sink.deliver(tail.read(0, 2, 100));
            Files.move(file, cursors.resolve("audit.jsonl.1"));
            sink.deliver(tail.read(1, 1, 100));
        }

        assertThat(cursors.resolve("audit.jsonl.1")).content().isEqualTo("{\"seq\":0}\n{\"seq\":1}\n");
        assertThat(file).content().isEqualTo("{\"seq\":1}\n");
    }

    @Test
    void aLineThatWasNotWrittenToItsEndIsCutOffForItComesAgain() throws Exception {
        Path file = cursors.resolve("audit.jsonl");
        tail.grow(3);
        for (String torn : List.of("{", "{\"seq\":", "{\"seq\":1,\"time\":\"2026", "{\"seq\":1}")) {
            Files.writeString(file, "{\"seq\":0}\n" + torn);
            LinesSink.to(file).deliver(tail.read(1, 2, 100));

            assertThat(file).content().as(torn).isEqualTo("{\"seq\":0}\n{\"seq\":1}\n{\"seq\":2}\n");
        }
        Files.writeString(file, "{\"seq\":0");
        LinesSink.to(file).deliver(tail.read(0, 1, 100));
        assertThat(file).content().isEqualTo("{\"seq\":0}\n");
    }

    @Test
    void whatSomebodyElseWroteStays() throws Exception {
        Path file = cursors.resolve("audit.jsonl");
        tail.grow(1);
        Files.writeString(file, "# of theirs");
        LinesSink.to(file).deliver(tail.read(0, 1, 100));

        assertThat(file).content().isEqualTo("# of theirs\n{\"seq\":0}\n");
    }

    @Test
    void standardOutputStaysOpen() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream() {
            @Override
            public void close() {
                throw new IllegalStateException("closed");
            }
        };
        try (LinesSink sink = LinesSink.to(out)) {
            tail.grow(1);
            sink.deliver(tail.read(0, 1, 100));
            sink.deliver(tail.read(0, 1, 100));
        }

        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("{\"seq\":0}\n{\"seq\":0}\n");
    }
}
