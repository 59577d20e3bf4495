package io.entrepot.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.server.audit.journal.Body;
import io.entrepot.server.audit.journal.Gap;
import io.entrepot.server.audit.journal.Journal;
import io.entrepot.server.audit.journal.JournalListener;
import io.entrepot.server.audit.journal.JournalOptions;
import io.entrepot.server.audit.journal.Outage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever follows a journal gets each record at its place, wherever they read on, and whatever was written meanwhile. */
class JournalSourceTest {

    @TempDir
    private Path dir;

    private Journal journal;
    private JournalSource source;

    /** Nothing is to be noticed here. */
    private static final class Silent implements JournalListener {
        @Override
        public void gap(Gap gap) {
            throw new AssertionError(gap);
        }

        @Override
        public void abandoned(Path segment, IOException cause) {
            throw new AssertionError(cause);
        }

        @Override
        public void failed(IOException cause) {
            throw new AssertionError(cause);
        }

        @Override
        public void recovered(Outage outage) {}

        @Override
        public void noSpare(int left, IOException cause) {}
    }

    @BeforeEach
    void open() throws IOException {
        journal = Journal.open(dir, JournalOptions.DEFAULT.withSegmentBytes(16 << 10), new Silent());
        source = JournalSource.of(journal);
    }

    @AfterEach
    void close() throws IOException {
        source.close();
        journal.close();
    }

    private void append(int records) {
        for (int i = 0; i < records; i++) {
            journal.append(Body.of(("\"n\":" + journal.durable() + "}").getBytes(StandardCharsets.US_ASCII)))
                    .join();
        }
    }

    private List<String> read(long from, long to) throws IOException {
        List<String> all = new ArrayList<>();
        source.read(from, to, (seq, record) -> {
            assertThat(seq).isEqualTo(from + all.size());
            all.add(new String(record, StandardCharsets.US_ASCII));
        });
        return all;
    }

    private static List<String> expected(long from, long to) {
        List<String> all = new ArrayList<>();
        for (long seq = from; seq < to; seq++) {
            all.add("{\"seq\":" + seq + ",\"n\":" + seq + "}");
        }
        return all;
    }

    @Test
    void goesOnWhereItEndedWhileMoreComes() throws IOException {
        Random random = new Random(5);
        long at = 0;
        for (int round = 0; round < 60; round++) {
            append(random.nextInt(20));
            while (at < source.size() && random.nextInt(4) > 0) {
                long to = Math.min(source.size(), at + 1 + random.nextInt(30));
                assertThat(read(at, to)).isEqualTo(expected(at, to));
                at = to;
            }
        }
        assertThat(read(at, source.size())).isEqualTo(expected(at, source.size()));
    }

    @Test
    void readsFromAnywhereAndAgain() throws IOException {
        append(500);
        Random random = new Random(7);
        for (int i = 0; i < 100; i++) {
            long from = random.nextInt(500);
            long to = from + random.nextInt((int) (501 - from));
            assertThat(read(from, to)).isEqualTo(expected(from, to));
        }
    }

    @Test
    void goesOnBehindOneWhoThrew() throws IOException {
        append(20);
        read(0, 5);
        try {
            source.read(5, 10, (seq, record) -> {
                throw new IOException("enough");
            });
        } catch (IOException e) {
            assertThat(e).hasMessage("enough");
        }

        assertThat(read(10, 15)).isEqualTo(expected(10, 15));
        assertThat(read(5, 10)).isEqualTo(expected(5, 10));
    }

    @Test
    void whatWasForgottenBehindItDoesNotHoldItUp() throws IOException {
        append(700);
        assertThat(read(0, 600)).isEqualTo(expected(0, 600));
        journal.forget(600);
        append(700);

        assertThat(read(600, source.size())).isEqualTo(expected(600, source.size()));
    }
}
