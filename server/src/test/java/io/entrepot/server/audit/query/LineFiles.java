package io.entrepot.server.audit.query;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Records as lines of files in {@code lines/}, 65,536 in each, named by its number; how many there are stands in {@code lines/end}. */
public record LineFiles(Path directory) implements Records {

    private static final int EACH = 65_536;

    /** Writes the records of a fleet. */
    public static LineFiles write(Path directory, long seed, long records, long days) throws IOException {
        Files.createDirectories(directory.resolve("lines"));
        long[] count = {0};
        ByteArrayOutputStream lines = new ByteArrayOutputStream(40 << 20);
        Fleet.write(seed, records, days, record -> {
            lines.writeBytes(record);
            lines.write('\n');
            if (++count[0] % EACH == 0) {
                flush(directory, count[0] / EACH - 1, lines);
            }
        });
        flush(directory, count[0] / EACH, lines);
        Files.writeString(directory.resolve("lines/end"), count[0] + "");
        return new LineFiles(directory);
    }

    private static void flush(Path directory, long number, ByteArrayOutputStream lines) {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(directory.resolve("lines/" + number)))) {
            lines.writeTo(out);
            lines.reset();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public long first() {
        return 0;
    }

    @Override
    public long end() throws IOException {
        try {
            return Long.parseLong(Files.readString(directory.resolve("lines/end")));
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    @Override
    public long sealed() {
        return first();
    }

    @Override
    public void read(long from, long to, Reader reader) throws IOException {
        for (long number = from / EACH; number * EACH < to; number++) {
            byte[] bytes = Files.readAllBytes(directory.resolve("lines/" + number));
            long seq = number * EACH;
            for (int at = 0; at < bytes.length && seq < to; seq++) {
                int end = at;
                while (bytes[end] != '\n') {
                    end++;
                }
                if (seq >= from) {
                    byte[] record = new byte[end - at];
                    System.arraycopy(bytes, at, record, 0, record.length);
                    reader.accept(seq, record);
                }
                at = end + 1;
            }
        }
    }

    static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }
}
