package io.entrepot.server.audit.journal;

import static io.entrepot.server.audit.journal.TestJournal.append;
import static io.entrepot.server.audit.journal.TestJournal.record;
import static io.entrepot.server.audit.journal.TestJournal.texts;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tears the last three records at every byte. */
class TornTailTest {

    private static final int RECORDS = 6;

    @TempDir(factory = InMemory.class)
    Path temp;

    private byte[] whole = {};
    private final List<Frame> frames = new ArrayList<>();
    private String name = "";

    /** Three records by themselves, then three in one batch. */
    @BeforeEach
    void write() throws Exception {
        TestJournal test = new TestJournal(temp.resolve("whole"));
        test.options = TestJournal.SMALL.withLinger(Duration.ofSeconds(30));
        for (int i = 0; i < 2; i++) {
            try (Journal journal = test.open()) {
                journal.append(TestJournal.body("text " + i));
            }
        }
        try (Journal journal = test.open()) {
            journal.append(TestJournal.body("text 2")).get();
            List<CompletableFuture<Long>> batch = new ArrayList<>();
            for (int i = 3; i < RECORDS; i++) {
                batch.add(journal.append(TestJournal.body("text " + i)));
            }
        }
        Path segment = test.segments().get(0);
        name = segment.getFileName().toString();
        whole = Files.readAllBytes(segment);
        try (SegmentCursor cursor = SegmentCursor.open(new NioFs(), segment, 0).orElseThrow()) {
            for (int i = 0; i < RECORDS; i++) {
                frames.add(cursor.next(SegmentCursor.OPEN).orElseThrow());
            }
        }
        assertThat(frames).extracting(Frame::place).containsExactly(0, 0, 0, 0, 1, 2);
    }

    @Test
    void cutsWhatIsZeroFromAnyByteOn() throws Exception {
        for (int at = begin(); at < end(); at++) {
            byte[] torn = whole.clone();
            Arrays.fill(torn, at, end(), (byte) 0);
            check(torn, at);
        }
    }

    @Test
    void cutsWhatIsAnythingFromAnyByteOn() throws Exception {
        Random random = new Random(7);
        for (int at = begin(); at < end(); at++) {
            byte[] torn = whole.clone();
            for (int i = at; i < torn.length - SegmentHeader.SIZE; i++) {
                torn[i] = (byte) random.nextInt(256);
            }
            torn[at] = (byte) ~whole[at];
            check(torn, at);
        }
    }

    @Test
    void cutsABatchInWhichAnyByteIsWrong() throws Exception {
        for (int at = begin(); at < end(); at++) {
            byte[] torn = whole.clone();
            torn[at] ^= 1;
            check(torn, at);
        }
    }

    @Test
    void opensAFileThatEndsAtAnyByte() throws Exception {
        for (int at = begin(); at < end(); at++) {
            check(Arrays.copyOf(whole, at), at);
        }
    }

    private int begin() {
        return (int) frames.get(RECORDS - 3).position();
    }

    private int end() {
        return (int) frames.get(RECORDS - 1).position()
                + frames.get(RECORDS - 1).size();
    }

    /** What lies before the torn byte is there, and the next records go behind it; now and after another start. */
    private void check(byte[] torn, int at) throws Exception {
        Path directory = Files.createDirectories(temp.resolve("torn"));
        Files.write(directory.resolve(name), torn);
        TestJournal test = new TestJournal(directory);
        List<String> expected = new ArrayList<>(intact(at));
        try (Journal journal = test.open()) {
            assertThat(texts(journal, 0)).as("torn at %d", at).isEqualTo(expected);
            assertThat(append(journal, "next", "and next"))
                    .containsExactly((long) expected.size(), expected.size() + 1L);
            expected.add(record(expected.size(), "next"));
            expected.add(record(expected.size(), "and next"));
        }
        try (Journal journal = test.open()) {
            assertThat(texts(journal, 0)).as("torn at %d", at).isEqualTo(expected);
        }
        assertThat(test.gaps).as("torn at %d", at).isEmpty();
        clear(directory);
    }

    private List<String> intact(int at) {
        return frames.stream()
                .filter(frame -> frame.position() + frame.size() <= at)
                .map(frame -> record(frame.seq(), "text " + frame.seq()))
                .toList();
    }

    private static void clear(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
    }
}
