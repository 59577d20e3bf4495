package io.entrepot.server.audit.tlog;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/**
 * Every checkpoint that was signed, in the file {@code checkpoints}, and each cosignature that came for one. It is read from
 * its beginning; after a power cut its last lines may be missing, which later checkpoints make up for.
 *
 * <pre>
 *   == 2026-11-27T02:00:00.123Z 217      when, and the length of the note in bytes
 *   the note
 * </pre>
 */
final class History implements AutoCloseable {

    private static final String MARK = "== ";
    private static final int LONGEST_HEAD = 64;

    private final FileChannel file;

    History(FileChannel file) {
        this.file = file;
    }

    /** One that was signed, and when. */
    record Entry(Instant time, byte[] note) {}

    /** Opens it to append, and cuts off what was not written to its end. */
    static History open(Path sealed) throws IOException {
        Path path = sealed.resolve("checkpoints");
        FileChannel file = Durable.openOrCreate(path);
        try {
            file.truncate(whole(path, file.size()));
            file.position(file.size());
            return new History(file);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    /** Where the last whole entry ends; only the end of the file is looked at. */
    private static long whole(Path path, long size) throws IOException {
        long from = Math.max(0, size - 2L * Note.LONGEST);
        byte[] tail = SealedStore.read(path, from, (int) (size - from));
        String text = new String(tail, StandardCharsets.ISO_8859_1);
        int at = text.lastIndexOf("\n" + MARK);
        int begin = at >= 0 ? at + 1 : 0;
        if (at < 0 && (from > 0 || !text.startsWith(MARK))) {
            return from > 0 ? size : 0;
        }
        int line = text.indexOf('\n', begin);
        if (line < 0) {
            return from + begin;
        }
        String[] words = text.substring(begin, line).split(" ", -1);
        long end = words.length == 3 && words[2].matches("\\d{1,7}") ? line + 1 + Long.parseLong(words[2]) : -1;
        return from + (end > 0 && end <= tail.length ? end : begin);
    }

    /** Appends one. Of one that cannot be written to its end, as on a full disk, nothing stays: others come behind it. */
    void append(Instant time, Note note) throws IOException {
        byte[] bytes = note.bytes();
        byte[] head = (MARK + time + " " + bytes.length + "\n").getBytes(StandardCharsets.US_ASCII);
        ByteBuffer entry = ByteBuffer.allocate(head.length + bytes.length);
        long end = file.position();
        try {
            Durable.write(file, entry.put(head).put(bytes).flip());
        } catch (IOException e) {
            file.truncate(end);
            throw e;
        }
    }

    void force() throws IOException {
        file.force(false);
    }

    @Override
    public void close() throws IOException {
        if (file.isOpen()) {
            file.force(true);
            file.close();
        }
    }

    /** Reads it from its beginning. */
    static Reader read(Path sealed) throws IOException {
        Path path = sealed.resolve("checkpoints");
        return new Reader(Files.exists(path) ? Files.newInputStream(path) : InputStream.nullInputStream());
    }

    /** Entry after entry. */
    static final class Reader implements AutoCloseable {

        private final InputStream in;
        private long at;

        private Reader(InputStream in) {
            this.in = new BufferedInputStream(in, 1 << 16);
        }

        /** The next one, empty at the end; @throws IOException with the place, if there is something else. */
        Optional<Entry> next() throws IOException {
            StringBuilder head = new StringBuilder();
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0 && head.isEmpty()) {
                    return Optional.empty();
                }
                if (c < 0 || head.length() == LONGEST_HEAD) {
                    throw wrong(head.toString());
                }
                head.append((char) c);
            }
            return Optional.of(entry(head.toString()));
        }

        private Entry entry(String head) throws IOException {
            String[] words = head.split(" ", -1);
            if (words.length != 3 || !head.startsWith(MARK) || !words[2].matches("[1-9]\\d{0,6}")) {
                throw wrong(head);
            }
            byte[] note = in.readNBytes(Integer.parseInt(words[2]));
            if (note.length < Integer.parseInt(words[2])) {
                throw new EOFException("checkpoints, byte " + at + ": ends within a checkpoint");
            }
            try {
                Entry entry = new Entry(Instant.parse(words[1]), note);
                at += head.length() + 1L + note.length;
                return entry;
            } catch (DateTimeException e) {
                throw wrong(head);
            }
        }

        private IOException wrong(String head) {
            return new IOException("checkpoints, byte " + at + ": " + Bytes.shown(head)
                    + " (expected: == time length, a line, then the note)");
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
