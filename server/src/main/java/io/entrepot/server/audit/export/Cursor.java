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
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far a sink is, kept in a file of one line:
 *
 * <pre>
 *   1204 1000
 * </pre>
 *
 * <p>The sink gets record 1204 next, and was there when the log came to record 1000. A file of one number is that of a sink that
 * was there from the beginning.
 */
final class Cursor {

    private static final Pattern LINE = Pattern.compile("([0-9]{1,18})(?: ([0-9]{1,18}))?");

    private final Path file;

    Cursor(Path file) {
        this.file = file;
    }

    /**
     * A place in the log.
     *
     * @param next the record that comes next
     * @param joined the record that the log came to when the sink was new
     */
    record Place(long next, long joined) {}

    /** Empty: the sink is new. @throws IOException if the file is there and cannot be read as one */
    Optional<Place> read() throws IOException {
        try {
            Matcher line = LINE.matcher(Files.readString(file).strip());
            if (!line.matches()) {
                throw new IOException(file + " holds no number (expected: the number of a record)");
            }
            long joined = line.group(2) == null ? 0 : Long.parseLong(line.group(2));
            return Optional.of(new Place(Long.parseLong(line.group(1)), joined));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Durable on return. */
    void write(Place place) throws IOException {
        Path written = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel channel = FileChannel.open(
                written, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            String line = place.next + " " + place.joined + "\n";
            ByteBuffer text = ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII));
            while (text.hasRemaining()) {
                channel.write(text);
            }
            channel.force(true);
        }
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
