package io.entrepot.server.audit.export;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** How far a sink is, kept in a file that holds one number: the record that it gets next. */
final class Cursor {

    private final Path file;

    Cursor(Path file) {
        this.file = file;
    }

    /**
     * The record that comes next; 0 at first, so that a new sink gets all that there is.
     *
     * @throws IOException if the file is there and cannot be read as one
     */
    long read() throws IOException {
        try {
            String text = Files.readString(file).strip();
            if (!text.matches("[0-9]{1,18}")) {
                throw new IOException(file + " holds no number (expected: the number of a record)");
            }
            return Long.parseLong(text);
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    /** Durable on return. */
    void write(long next) throws IOException {
        Path written = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel channel = FileChannel.open(
                written, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer text = ByteBuffer.wrap((next + "\n").getBytes(StandardCharsets.US_ASCII));
            while (text.hasRemaining()) {
                channel.write(text);
            }
            channel.force(true);
        }
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
