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

    private Batch() {}

    /**
     * Writes records from {@code from} on, below {@code to}.
     *
     * @param strict parse each one, leave out fields that are not of their type, and put {@code {"seq":N,"type":"unreadable"}}
     *     for what is no record
     * @return one more than the last that was written
     */
    static long write(Records records, long from, long to, long mostBytes, Path file, boolean strict)
            throws IOException {
        long next = from;
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
            long[] written = {0};
            while (next < to && written[0] < mostBytes) {
                long end = Math.min(to, next + 4096);
                records.read(next, end, (seq, record) -> {
                    byte[] line = line(seq, record, strict);
                    out.write(line);
                    out.write('\n');
                    written[0] += line.length;
                });
                next = end;
            }
        }
        return next;
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
