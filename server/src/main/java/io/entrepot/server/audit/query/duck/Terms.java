package io.entrepot.server.audit.query.duck;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.LongBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which files have a value: the file {@code parquet/_terms}, over the Parquet files of days that are over. It can be deleted, and
 * is made again.
 *
 * <pre>
 * entrepot terms 2
 * parquet 2026-08-30 0 111111            a line for each Parquet file: table, day, and which records it was made of
 * pulls 2026-08-30 0 111111
 *                                        an empty line, and as many spaces before it as make all this a multiple of 8
 * …                                      16 bytes for each value and file, in the order of the hashes as signed numbers:
 *                                        hash of the {@link Term} (8), number of the line, from 0 (4), rows that have it (4)
 * </pre>
 *
 * <p>Numbers are big-endian. Rows are counted once for each column that has the value: they are so many at most. A Parquet file
 * that has no line may have anything.
 */
final class Terms {

    static final String MAGIC = "entrepot terms 2";
    static final int ENTRY = 16;

    private static final long MOST = Integer.MAX_VALUE;

    private final Map<String, Integer> files;
    private final List<String> lines;
    private final LongBuffer entries;

    private Terms(List<String> lines, LongBuffer entries) {
        this.lines = lines;
        this.files = new HashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            files.put(lines.get(i), i);
        }
        this.entries = entries;
    }

    static String line(String table, ParquetFiles.Part part) {
        return table + " " + part.day() + " " + part.from() + " " + part.to();
    }

    /** Opens it; one that is not there, or is no such file, knows of nothing. */
    static Terms open(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (channel.size() > MOST) {
                return new Terms(List.of(), LongBuffer.allocate(0));
            }
            MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            List<String> head = head(mapped);
            boolean whole = !head.isEmpty()
                    && head.get(0).equals(MAGIC)
                    && mapped.remaining() % ENTRY == 0
                    && head.get(head.size() - 1).isBlank();
            return whole
                    ? new Terms(
                            List.copyOf(head.subList(1, head.size() - 1)),
                            mapped.slice().asLongBuffer())
                    : new Terms(List.of(), LongBuffer.allocate(0));
        } catch (NoSuchFileException e) {
            return new Terms(List.of(), LongBuffer.allocate(0));
        }
    }

    /** The lines with the blank one; the buffer stands behind them. */
    private static List<String> head(MappedByteBuffer mapped) {
        List<String> lines = new ArrayList<>();
        byte[] line = new byte[256];
        int length = 0;
        while (mapped.hasRemaining()) {
            byte next = mapped.get();
            if (next == '\n') {
                lines.add(new String(line, 0, length, US_ASCII));
                if (lines.get(lines.size() - 1).isBlank()) {
                    return lines;
                }
                length = 0;
            } else if (length == line.length) {
                return List.of();
            } else {
                line[length++] = next;
            }
        }
        return List.of();
    }

    /** Its lines, in the order of their numbers. */
    List<String> lines() {
        return lines;
    }

    LongBuffer entries() {
        return entries;
    }

    boolean knows(String table, ParquetFiles.Part part) {
        return files.containsKey(line(table, part));
    }

    /**
     * How many rows of each file can fit, at most; nothing is said of files that it does not know.
     *
     * @param all must hold, each if one of its terms does
     */
    Map<ParquetFiles.Part, Long> atMost(String table, List<ParquetFiles.Part> parts, List<List<Term>> all) {
        List<Map<Integer, Long>> rows =
                all.stream().map(any -> rows(table, any)).toList();
        Map<ParquetFiles.Part, Long> known = new HashMap<>();
        for (ParquetFiles.Part part : parts) {
            Integer number = files.get(line(table, part));
            if (number != null && !all.isEmpty()) {
                known.put(
                        part,
                        rows.stream()
                                .mapToLong(each -> each.getOrDefault(number, 0L))
                                .min()
                                .orElse(0));
            }
        }
        return known;
    }

    /** Those of the files that may have rows that fit. */
    List<ParquetFiles.Part> narrow(String table, List<ParquetFiles.Part> parts, List<List<Term>> all) {
        Map<ParquetFiles.Part, Long> known = atMost(table, parts, all);
        return parts.stream().filter(part -> known.getOrDefault(part, 1L) > 0).toList();
    }

    private Map<Integer, Long> rows(String table, List<Term> any) {
        Map<Integer, Long> rows = new HashMap<>();
        for (Term term : any) {
            if (term.field().columns(table).isEmpty()) {
                throw new IllegalArgumentException(table + " has no " + term.field());
            }
            long hash = term.hash();
            for (int at = first(hash); at < count() && entries.get(2 * at) == hash; at++) {
                long entry = entries.get(2 * at + 1);
                rows.merge((int) (entry >>> 32), entry & 0xFFFFFFFFL, Long::sum);
            }
        }
        return rows;
    }

    private int count() {
        return entries.limit() / 2;
    }

    /** The first entry that has this hash or a greater one. */
    private int first(long hash) {
        int low = 0;
        int high = count();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (entries.get(2 * middle) < hash) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
