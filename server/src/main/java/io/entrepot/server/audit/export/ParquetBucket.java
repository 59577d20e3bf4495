package io.entrepot.server.audit.export;

import io.entrepot.server.audit.query.DerivedFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keeps the Parquet of a log in a bucket too, one object for each table and day, put anew when more records of that day were
 * derived: {@code records/date=2026-11-27/mirror-1-entrepot.parquet}. So a reader sees each record once at any time, and several
 * mirrors share a bucket. What was put stays there, also when it goes from this machine. What is there stands in a file:
 *
 * <pre>
 *   https://acme-audit.s3.eu-central-1.amazonaws.com/mirrors/ 2400       where, and below which record all is there
 *   records 2026-11-27 0 2400
 * </pre>
 */
public final class ParquetBucket implements Closeable {

    private static final String MEDIA_TYPE = "application/vnd.apache.parquet";
    private static final Pattern OBJECT = Pattern.compile("([a-z]{1,16} [0-9-]{10}) ([0-9]{1,18}) ([0-9]{1,18})");

    private final Bucket bucket;
    private final String name;
    private final Path state;
    private final Map<String, Range> there = new TreeMap<>(); // the thread that ships
    private volatile long shipped;

    private record Range(long from, long to) {

        static Range of(DerivedFile file) {
            return new Range(file.from(), file.to());
        }
    }

    /**
     * Goes on with what is there.
     *
     * @param name of this log among others in the bucket
     * @param state where it stands what is there
     * @throws IOException if that cannot be read
     */
    public ParquetBucket(Bucket bucket, String name, Path state) throws IOException {
        this.bucket = bucket;
        this.name = name.replaceAll("[^A-Za-z0-9.-]", "-");
        this.state = state;
        read();
    }

    private void read() throws IOException {
        try {
            List<String> lines = Files.readAllLines(state, StandardCharsets.US_ASCII);
            String here = bucket.uri("", "") + " ";
            if (lines.isEmpty() || !lines.get(0).startsWith(here)) {
                // another bucket has nothing yet
                return;
            }
            for (String line : lines.subList(1, lines.size())) {
                Matcher object = OBJECT.matcher(line);
                if (!object.matches()) {
                    throw new IOException(state + " cannot be read (expected: TABLE DAY FROM TO, or no such file)");
                }
                there.put(object.group(1), new Range(Long.parseLong(object.group(2)), Long.parseLong(object.group(3))));
            }
            shipped = Long.parseLong(lines.get(0).substring(here.length()));
        } catch (NoSuchFileException e) {
            // nothing is there yet
        } catch (NumberFormatException e) {
            throw new IOException(state + " cannot be read (expected: the number of a record)", e);
        }
    }

    /** All records below this are there. */
    public long shipped() {
        return shipped;
    }

    /**
     * Puts there what is not. Blocks.
     *
     * @param files all that are derived, one for each table and day
     * @param derived records below this are in them
     * @throws IOException if not all of it could be put; the rest is at the next time
     */
    public void ship(List<DerivedFile> files, long derived) throws IOException {
        boolean all = true;
        List<String> lacking = new ArrayList<>();
        for (List<DerivedFile> day : days(files)) {
            if (!ship(day.get(0))) {
                lacking.add(key(day.get(0)));
            }
            all &= day.size() == 1;
        }
        if (!lacking.isEmpty()) {
            throw new IOException("the bucket has records of " + String.join(", ", lacking)
                    + " that are not here any more, and what came since cannot be put beside them (expected: that object"
                    + " elsewhere and, while the mirror is stopped, its line out of " + state + ")");
        }
        if (all && derived > shipped) {
            shipped = derived;
            write();
        }
    }

    /** The files of each day of each table: more than one if somebody derived more meanwhile. */
    private static List<List<DerivedFile>> days(List<DerivedFile> files) {
        Map<String, List<DerivedFile>> days = new TreeMap<>();
        files.forEach(file ->
                days.computeIfAbsent(key(file), key -> new ArrayList<>()).add(file));
        return List.copyOf(days.values());
    }

    private static String key(DerivedFile file) {
        return file.table() + " " + file.day();
    }

    /** False if the bucket lacks records of that day and cannot get them: it would lose others. */
    private boolean ship(DerivedFile file) throws IOException {
        Range known = there.get(key(file));
        Range now = Range.of(file);
        if (now.equals(known)) {
            return true;
        }
        if (known != null && known.from() < now.from()) {
            return now.to() <= known.to();
        }
        bucket.put(file.table() + "/date=" + file.day() + "/" + name + ".parquet", file.path(), MEDIA_TYPE);
        there.put(key(file), now);
        write();
        return true;
    }

    private void write() throws IOException {
        StringBuilder text = new StringBuilder()
                .append(bucket.uri("", ""))
                .append(' ')
                .append(shipped)
                .append('\n');
        there.forEach((key, range) -> text.append(key)
                .append(' ')
                .append(range.from())
                .append(' ')
                .append(range.to())
                .append('\n'));
        Path written = state.resolveSibling(state.getFileName() + ".new");
        Files.writeString(written, text, StandardCharsets.US_ASCII);
        try (FileChannel channel = FileChannel.open(written, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(written, state, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void close() {
        bucket.close();
    }
}
