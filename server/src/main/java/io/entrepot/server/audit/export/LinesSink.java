package io.entrepot.server.audit.export;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** JSON lines, appended to a file or written to standard output. The file is opened for each batch, so that it can be rotated. */
public final class LinesSink implements Sink {

    /** Opens what lines go to. */
    private interface Opening {
        OutputStream open() throws IOException;
    }

    private final Opening opening;

    private LinesSink(Opening opening) {
        this.opening = opening;
    }

    public static LinesSink to(Path file) {
        return new LinesSink(() -> Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
    }

    /** To a stream that stays open. */
    public static LinesSink to(OutputStream stream) {
        return new LinesSink(() -> new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                stream.write(b);
            }

            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                stream.write(bytes, from, length);
            }

            @Override
            public void flush() throws IOException {
                stream.flush();
            }
        });
    }

    @Override
    public void deliver(List<Entry> batch) throws IOException {
        try (OutputStream out = opening.open()) {
            out.write(Lines.of(batch));
            out.flush();
        }
    }

    @Override
    public void close() {
        // nothing stays open between two batches
    }
}
