package io.entrepot.server.audit.export;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * JSON lines, appended to a file and forced, or written to standard output. The file is opened for each batch, so that it can
 * be rotated; of a batch that does not fit nothing stays.
 */
public final class LinesSink implements Sink {

    /** Takes lines. */
    private interface Taker {
        void take(byte[] lines) throws IOException;
    }

    /** A record with the end of its line, and with room to spare. */
    private static final int LONGEST_LINE = 1 << 17;

    private static final String RECORD = "{\"seq\":";

    private final Taker taker;

    private LinesSink(Taker taker) {
        this.taker = taker;
    }

    public static LinesSink to(Path file) {
        return new LinesSink(lines -> append(file, lines));
    }

    private static void append(Path file, byte[] lines) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long end = end(channel);
            ByteBuffer bytes = ByteBuffer.wrap(lines);
            try {
                while (bytes.hasRemaining()) {
                    channel.write(bytes, end + bytes.position());
                }
                channel.force(true);
            } catch (IOException e) {
                channel.truncate(end);
                throw e;
            }
        }
    }

    /** Where the next line begins. A record that was not written to its end, when the process was killed, goes: it comes again. */
    private static long end(FileChannel channel) throws IOException {
        long size = channel.size();
        if (size == 0 || last(channel, 1).equals("\n")) {
            return size;
        }
        String text = last(channel, LONGEST_LINE);
        String torn = text.substring(text.lastIndexOf('\n') + 1);
        if (torn.startsWith(RECORD) || RECORD.startsWith(torn)) {
            channel.truncate(size - torn.length());
            return size - torn.length();
        }
        channel.write(ByteBuffer.wrap(new byte[] {'\n'}), size);
        return size + 1;
    }

    /** So many bytes at its end, fewer if there are no more. */
    private static String last(FileChannel channel, int most) throws IOException {
        long size = channel.size();
        int length = (int) Math.min(size, most);
        ByteBuffer tail = ByteBuffer.allocate(length);
        while (tail.hasRemaining() && channel.read(tail, size - length + tail.position()) > 0) {
            // until all of it is read
        }
        return new String(tail.array(), StandardCharsets.ISO_8859_1);
    }

    /** To a stream that stays open. */
    public static LinesSink to(OutputStream stream) {
        return new LinesSink(lines -> {
            stream.write(lines);
            stream.flush();
        });
    }

    @Override
    public void deliver(List<Entry> batch) throws IOException {
        taker.take(Lines.of(batch));
    }

    @Override
    public void close() {
        // nothing stays open between two batches
    }
}
