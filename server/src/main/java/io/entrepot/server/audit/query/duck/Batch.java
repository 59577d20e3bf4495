package io.entrepot.server.audit.query.duck;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.entrepot.server.audit.query.Records;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.Predicate;

/**
 * Records in a file of JSON lines that DuckDB reads, at most so many bytes of them. A record of a rare type carries itself in a
 * field {@code detail}, since its fields have no columns of their own:
 *
 * <pre>{"seq":7,"time":"…","type":"clock","stepMs":1500,"detail":"{\"seq\":7,…}"}</pre>
 */
final class Batch {

    /** The types whose every field has a column, or a row of its own. */
    private static final Set<String> PLAIN = Set.of("decision", "transfer", "image", "repeated");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int HEAD = 120;

    /** So many records lie in one bundle of the log. */
    private static final long NEAR = 256;

    private Batch() {}

    /**
     * What was written.
     *
     * @param next one more than the last record that was looked at
     * @param lines so many records
     */
    record Written(long next, long lines) {}

    /**
     * Writes records from {@code from} on, below {@code to}.
     *
     * @param mostBytes of records, chosen or not
     * @param strict parse each one, leave out fields that are not of their type, and put {@code {"seq":N,"type":"unreadable"}}
     *     for what is no record
     */
    static Written write(
            Records records, long from, long to, long mostBytes, Path file, boolean strict, Predicate<byte[]> chosen)
            throws IOException {
        long next = from;
        long[] lines = {0};
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
            long[] read = {0};
            while (next < to && read[0] < mostBytes) {
                long end = Math.min(to, next + 4096);
                records.read(next, end, (seq, record) -> {
                    read[0] += record.length;
                    if (chosen.test(record)) {
                        out.write(line(seq, record, strict));
                        out.write('\n');
                        lines[0]++;
                    }
                });
                next = end;
            }
        }
        return new Written(next, lines[0]);
    }

    /** Writes these records, those that are near each other in one go. */
    static void pick(Records records, SortedSet<Long> seqs, Path file, boolean strict) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
            for (SortedSet<Long> left = seqs; !left.isEmpty(); ) {
                long end = left.first() / NEAR * NEAR + NEAR;
                SortedSet<Long> some = left.headSet(end);
                records.read(some.first(), some.last() + 1, (seq, record) -> {
                    if (some.contains(seq)) {
                        out.write(line(seq, record, strict));
                        out.write('\n');
                    }
                });
                left = left.tailSet(end);
            }
        }
    }

    private static byte[] line(long seq, byte[] record, boolean strict) throws JsonProcessingException {
        byte[] own = strict ? checked(seq, record) : record;
        return PLAIN.contains(type(own)) ? own : detailed(own);
    }

    /** The type stands in the head, behind seq and time. */
    static String type(byte[] record) {
        String head = new String(record, 0, Math.min(HEAD, record.length), ISO_8859_1);
        int at = head.indexOf("\"type\":\"");
        int end = at < 0 ? -1 : head.indexOf('"', at + 8);
        return end < 0 ? "" : head.substring(at + 8, end);
    }

    private static byte[] detailed(byte[] record) {
        String text = new String(record, UTF_8);
        int end = text.lastIndexOf('}');
        if (end <= 1) {
            return record;
        }
        String detail = new String(JsonStringEncoder.getInstance().quoteAsString(text));
        return (text.substring(0, end) + ",\"detail\":\"" + detail + "\"}").getBytes(UTF_8);
    }

    private static byte[] checked(long seq, byte[] record) throws JsonProcessingException {
        ObjectNode node;
        try {
            node = JSON.readTree(new String(record, UTF_8)) instanceof ObjectNode object ? object : unreadable();
        } catch (JsonProcessingException e) {
            node = unreadable();
        }
        // What no UTF-8 can say becomes a question mark on the way.
        ObjectNode headed = JSON.createObjectNode().put("seq", seq);
        headed.setAll(node);
        headed.put("seq", seq);
        Columns.RECORDS.stream()
                .filter(column -> headed.has(column.field()) && !column.fits(headed.get(column.field())))
                .forEach(column -> headed.remove(column.field()));
        return JSON.writeValueAsString(headed).getBytes(UTF_8);
    }

    private static ObjectNode unreadable() {
        return JSON.createObjectNode().put("type", "unreadable");
    }
}
