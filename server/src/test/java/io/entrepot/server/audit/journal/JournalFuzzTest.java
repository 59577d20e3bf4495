package io.entrepot.server.audit.journal;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;

/** Hostile bytes where frames are read, and where a whole segment is. */
@Tag("fuzz")
class JournalFuzzTest {

    private static final long ID = 0x1122334455667788L;
    private static final int SEGMENT = 8 * 1024;

    @FuzzTest(maxDuration = "1m")
    void frame(byte[] input) {
        for (int offset = 0; offset < Math.min(input.length, 64); offset++) {
            Optional<Frame> frame = Frame.read(ByteBuffer.wrap(input), offset, ID, offset);
            assertThat(frame.map(Frame::size).orElse(0)).isBetween(0, input.length - offset);
        }
    }

    /** The input is laid over a segment of twenty good frames, from the place that its first two bytes say. */
    @FuzzTest(maxDuration = "1m")
    void segment(byte[] input) throws IOException {
        ByteBuffer good = segment();
        Set<String> written = new HashSet<>(texts(good));
        for (int i = 2; i < input.length; i++) {
            int place = (input[0] & 0xff) << 8 | input[1] & 0xff;
            good.put((place + i) % SEGMENT, input[i]);
        }

        List<String> read = texts(good);

        assertThat(written).containsAll(read);
        assertThat(read).doesNotHaveDuplicates();
    }

    private static ByteBuffer segment() {
        ByteBuffer bytes = ByteBuffer.allocate(SEGMENT).position(SegmentHeader.SIZE);
        for (int i = 0; i < 20; i++) {
            Frame.put(bytes, ID, i, i % 3, TestJournal.body("text " + i).bytes());
        }
        return bytes.rewind();
    }

    /** What stands in this segment, by way of a file; its header is the right one. */
    private static List<String> texts(ByteBuffer segment) throws IOException {
        Path file = Files.createTempFile(
                Files.isWritable(Path.of("/dev/shm")) ? Path.of("/dev/shm") : Path.of("/tmp"), "entrepot", ".seg");
        JournalFs fs = new NioFs();
        try (FileChannel channel = fs.openForWriting(file)) {
            fs.write(channel, segment.duplicate(), 0);
            new SegmentHeader(ID, SEGMENT).write(fs, channel);
            return texts(fs, file);
        } finally {
            Files.delete(file);
        }
    }

    private static List<String> texts(JournalFs fs, Path file) throws IOException {
        List<String> texts = new ArrayList<>();
        try (SegmentCursor cursor = SegmentCursor.open(fs, file, 0).orElseThrow()) {
            long last = -1;
            Optional<Frame> frame = cursor.next(SegmentCursor.OPEN);
            while (frame.isPresent()) {
                assertThat(frame.get().seq()).isGreaterThan(last);
                last = frame.get().seq();
                texts.add(TestJournal.text(new JournalRecord(last, frame.get().bytes())));
                frame = cursor.next(SegmentCursor.OPEN);
            }
        }
        return texts;
    }
}
