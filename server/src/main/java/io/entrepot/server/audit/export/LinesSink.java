package io.entrepot.server.audit.export;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
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

    private final Taker taker;

    private LinesSink(Taker taker) {
        this.taker = taker;
    }

    public static LinesSink to(Path file) {
        return new LinesSink(lines -> append(file, lines));
    }

    private static void append(Path file, byte[] lines) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            long end = channel.size();
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
