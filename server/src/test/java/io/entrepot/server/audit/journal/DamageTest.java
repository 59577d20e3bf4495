package io.entrepot.server.audit.journal;

import static io.entrepot.server.audit.journal.TestJournal.append;
import static io.entrepot.server.audit.journal.TestJournal.record;
import static io.entrepot.server.audit.journal.TestJournal.texts;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is damaged is said to be missing, and nothing else is. */
class DamageTest {

    private static final int RECORDS = 40;

    @TempDir(factory = InMemory.class)
    Path temp;

    private TestJournal test = new TestJournal(Path.of("/"));

    /** 40 records, each forced by itself, in segments of some seven. */
    @BeforeEach
    void write() throws Exception {
        test = new TestJournal(temp);
        try (Journal journal = test.open()) {
            for (int i = 0; i < RECORDS; i++) {
                append(journal, text(i));
            }
        }
        assertThat(test.segments()).hasSizeBetween(5, 8);
    }

    private static String text(long i) {
        return "t" + i + "-".repeat(1_000);
    }

    @Test
    void reportsDamageInTheMiddleAndReadsTheRest() throws Exception {
        flip(frame(14));

        checkMissing(14, 15, RECORDS);
        assertThat(test.gaps).containsExactly(new Gap(14, 15, whyIn(14)));
    }

    @Test
    void reportsDamageInTheLastSegmentAndGoesOnInANewOne() throws Exception {
        flip(frame(RECORDS - 3));

        checkMissing(RECORDS - 3, RECORDS - 2, RECORDS);
        assertThat(test.segments().get(test.segments().size() - 1)).hasFileName("0000000000000028.seg");
    }

    @Test
    void reportsTheEndOfASegmentThatIsNotTheLast() throws Exception {
        long next = first(3);
        flip(frame(next - 1));

        checkMissing(next - 1, next, RECORDS);
    }

    @Test
    void reportsAMissingSegment() throws Exception {
        long from = first(2);
        long to = first(3);
        Gap gap = new Gap(from, to, "not between the segments that begin with " + first(1) + " and " + to);
        Files.delete(test.segments().get(2));

        checkMissing(from, to, RECORDS);
        assertThat(test.gaps).containsExactly(gap);
    }

    @Test
    void reportsAMissingLastSegment() throws Exception {
        List<Path> segments = test.segments();
        long from = first(segments.size() - 1);
        Files.delete(segments.get(segments.size() - 1));

        checkMissing(from, RECORDS, RECORDS);
    }

    @Test
    void reportsAcknowledgedRecordsThatTheDiskLostAtTheEnd() throws Exception {
        flip(frame(RECORDS - 1));

        checkMissing(RECORDS - 1, RECORDS, RECORDS);
        assertThat(test.gaps)
                .containsExactly(new Gap(RECORDS - 1, RECORDS, "acknowledged, and not in the last segment"));
    }

    @Test
    void goesOnBehindTheHighestSeqWithoutTheWatermark() throws Exception {
        Files.delete(temp.resolve("durable"));
        flip(frame(RECORDS - 5));

        checkMissing(RECORDS - 5, RECORDS - 4, RECORDS);
    }

    @Test
    void readsASegmentWhoseFirstHeaderIsDamaged() throws Exception {
        overwrite(test.segments().get(2), 0, new byte[SegmentHeader.SIZE]);

        checkMissing(0, 0, RECORDS);
    }

    @Test
    void setsASegmentAsideWithoutAnyHeader() throws Exception {
        Path segment = test.segments().get(2);
        long from = first(2);
        long to = first(3);
        overwrite(segment, 0, new byte[SegmentHeader.SIZE]);
        overwrite(segment, Files.size(segment) - SegmentHeader.SIZE, new byte[SegmentHeader.SIZE]);

        checkMissing(from, to, RECORDS);
        assertThat(temp.resolve(segment.getFileName().toString().replace(".seg", ".damaged")))
                .exists();
    }

    /** Who begins in the middle passes over what is before that by its lengths, and these may be what is wrong. */
    @Test
    void readsFromAnywhereWhatIsReadFromTheBeginningWhereverAByteIsWrong() throws Exception {
        Path segment = test.segments().get(2);
        byte[] whole = Files.readAllBytes(segment);
        for (int at = 0; at < whole.length; at += 7) {
            overwrite(segment, at, new byte[] {(byte) (whole[at] ^ 1 << at % 8)});
            List<JournalRecord> all = recordsFrom(first(2));
            for (long from = first(2); from <= first(3); from++) {
                long begin = from;
                assertThat(recordsFrom(from))
                        .as("byte " + at + ", from " + from)
                        .extracting(TestJournal::text)
                        .isEqualTo(all.stream()
                                .filter(record -> record.seq() >= begin)
                                .map(TestJournal::text)
                                .toList());
            }
            overwrite(segment, at, new byte[] {whole[at]});
        }
    }

    private List<JournalRecord> recordsFrom(long seq) throws IOException {
        try (JournalReader reader = JournalReader.open(temp, seq)) {
            return TestJournal.records(reader);
        }
    }

    @Test
    void neverReadsFramesOfAnEarlierUseOfAFile() throws Exception {
        byte[] before = Files.readAllBytes(test.segments().get(0));
        test = new TestJournal(temp.resolve("other"));
        try (Journal journal = test.open()) {
            append(journal, "mine");
        }
        Path segment = test.segments().get(0);
        overwrite(
                segment,
                SegmentHeader.SIZE,
                Arrays.copyOfRange(before, SegmentHeader.SIZE, before.length - SegmentHeader.SIZE));
        Files.delete(test.directory.resolve("durable"));

        try (Journal journal = test.open()) {
            assertThat(texts(journal, 0)).isEmpty();
            assertThat(append(journal, "new")).containsExactly(0L);
        }
        assertThat(test.gaps).isEmpty();
    }

    @Test
    void neverTakesWhatAClientWroteIntoARecordForAFrame() throws Exception {
        test = new TestJournal(temp.resolve("forged"));
        ByteBuffer forged = ByteBuffer.allocate(100);
        Frame.put(forged, 42, 1, 0, TestJournal.body("forged").bytes());
        byte[] body = new byte[forged.position()];
        forged.flip().get(body);
        try (Journal journal = test.open()) {
            journal.append(Body.of(body));
            journal.append(TestJournal.body("last"));
        }
        flip(SegmentHeader.SIZE + 4);

        try (Journal journal = test.open()) {
            assertThat(texts(journal, 0)).noneMatch(text -> text.contains("forged"));
        }
    }

    /** All but these are there, also after another start, and the next record follows behind all of them. */
    private void checkMissing(long from, long to, long next) throws Exception {
        List<String> expected = new ArrayList<>();
        for (long i = 0; i < RECORDS; i++) {
            if (i < from || i >= to) {
                expected.add(record(i, text(i)));
            }
        }
        try (Journal journal = test.open()) {
            assertThat(texts(journal, 0)).isEqualTo(expected);
            assertThat(append(journal, text(next))).containsExactly(next);
        }
        if (from < to) {
            assertThat(test.gaps).singleElement().satisfies(gap -> {
                assertThat(gap.from()).isEqualTo(from);
                assertThat(gap.to()).isEqualTo(to);
            });
        } else {
            assertThat(test.gaps).isEmpty();
        }
        expected.add(record(next, text(next)));
        try (JournalReader elsewhere = JournalReader.open(temp, 0)) {
            assertThat(texts(elsewhere)).isEqualTo(expected);
        }
        try (Journal journal = new TestJournal(temp).open()) {
            assertThat(texts(journal, 0)).isEqualTo(expected);
        }
    }

    private String whyIn(long seq) throws IOException {
        long first = 0;
        for (int i = 0; i < test.segments().size(); i++) {
            first = first(i) <= seq ? first(i) : first;
        }
        return "damaged in the segment that begins with " + first;
    }

    private long first(int segment) throws IOException {
        String name = test.segments().get(segment).getFileName().toString();
        return Long.parseLong(name.replace(".seg", ""), 16);
    }

    /** A place in a segment. */
    private record Place(Path segment, long position) {}

    private Place frame(long seq) throws IOException {
        for (int i = test.segments().size() - 1; i >= 0; i--) {
            if (first(i) <= seq) {
                try (SegmentCursor cursor = SegmentCursor.open(
                                new NioFs(), test.segments().get(i), first(i))
                        .orElseThrow()) {
                    Frame frame = cursor.next(SegmentCursor.OPEN).orElseThrow();
                    while (frame.seq() < seq) {
                        frame = cursor.next(SegmentCursor.OPEN).orElseThrow();
                    }
                    return new Place(test.segments().get(i), frame.position());
                }
            }
        }
        throw new AssertionError("no segment for " + seq);
    }

    private static void flip(Place place) throws IOException {
        byte[] all = Files.readAllBytes(place.segment());
        int at = (int) place.position() + Frame.HEAD + 12;
        overwrite(place.segment(), at, new byte[] {(byte) (all[at] ^ 4)});
    }

    private void flip(int position) throws IOException {
        byte[] all = Files.readAllBytes(test.segments().get(0));
        overwrite(test.segments().get(0), position, new byte[] {(byte) (all[position] ^ 4)});
    }

    private static void overwrite(Path file, long position, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), position);
        }
    }
}
