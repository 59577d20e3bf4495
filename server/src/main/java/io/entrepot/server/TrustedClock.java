package io.entrepot.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time by which ages are counted: nobody can make it pass faster by setting a clock, or by lying about the date.
 *
 * <p>While the mirror runs it passes by the monotonic clock, and what it came to is kept in a file. After a restart it goes
 * on from there. The time between is made up for when an upstream says the date: by as much as the date has moved on since
 * an upstream last said it, but no more than the machine's own clock has moved on meanwhile; so it takes a wrong clock here
 * and a wrong one there to hurry it. The first start takes the time from the machine's clock: from then on only
 * differences count.
 *
 * <pre>
 * trusted 2026-03-01T10:05:30.5Z
 * heard 2026-03-01T10:05:12Z wall 2026-03-01T10:05:12.4Z date 2026-03-01T10:05:12Z
 * </pre>
 *
 * <p>{@code heard} is what the trusted time was when an upstream last said the date; the line is absent before that.
 */
final class TrustedClock extends Clock implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TrustedClock.class);

    private final Path file;
    private final InstantSource wall;
    private final LongSupplier nanos;

    /** Changed under the lock of this, which is never held over a file operation: event loops take it. */
    private volatile Base base;

    /** Guarded by this. */
    private Optional<Heard> heard;

    /** What the time was at a reading of the monotonic clock. */
    private record Base(Instant time, long nanos) {
        Instant at(long now) {
            return time.plusNanos(now - nanos);
        }
    }

    /** The three times at the moment at which an upstream last said the date. */
    private record Heard(Instant trusted, Instant wall, Instant date) {

        /** What the time is now if no more has passed than both clocks say. */
        Instant later(Instant wallNow, Instant dateNow) {
            Duration here = Duration.between(wall, wallNow);
            Duration there = Duration.between(date, dateNow);
            return trusted.plus(here.compareTo(there) < 0 ? here : there);
        }
    }

    private TrustedClock(Path file, Instant start, Optional<Heard> heard, InstantSource wall, LongSupplier nanos) {
        this.file = file;
        this.wall = wall;
        this.nanos = nanos;
        this.base = new Base(start, nanos.getAsLong());
        this.heard = heard;
    }

    /** Goes on from what the file says; one that cannot be read is as good as none, and is said to be so. Blocks. */
    static TrustedClock open(Path file) {
        return open(file, InstantSource.system(), System::nanoTime);
    }

    static TrustedClock open(Path file, InstantSource wall, LongSupplier nanos) {
        try {
            String[] words = Files.readString(file).strip().split("\\s+");
            return new TrustedClock(file, time(words, "trusted", 0), heard(words), wall, nanos);
        } catch (NoSuchFileException e) {
            return new TrustedClock(file, wall.instant(), Optional.empty(), wall, nanos);
        } catch (IOException | DateTimeException | IllegalArgumentException e) {
            LOG.atWarn()
                    .addKeyValue("file", file)
                    .addKeyValue("cause", e.toString())
                    .log("trusted time not readable, begun anew by the machine's clock");
            return new TrustedClock(file, wall.instant(), Optional.empty(), wall, nanos);
        }
    }

    private static Optional<Heard> heard(String[] words) {
        return words.length == 2
                ? Optional.empty()
                : Optional.of(new Heard(time(words, "heard", 2), time(words, "wall", 4), time(words, "date", 6)));
    }

    private static Instant time(String[] words, String name, int at) {
        if (words.length < at + 2 || !words[at].equals(name)) {
            throw new IllegalArgumentException("word " + at + " is not there (expected: " + name + " and a time)");
        }
        return Instant.parse(words[at + 1]);
    }

    @Override
    public Instant instant() {
        return base.at(nanos.getAsLong());
    }

    /** An upstream said the date, at this moment. A date before the last one counts for nothing. */
    synchronized void heard(Instant date) {
        long now = nanos.getAsLong();
        Instant wallNow = wall.instant();
        Instant time = base.at(now);
        if (heard.isPresent()) {
            if (!date.isAfter(heard.get().date())) {
                return;
            }
            Instant later = heard.get().later(wallNow, date);
            time = later.isAfter(time) ? later : time;
            base = new Base(time, now);
        }
        heard = Optional.of(new Heard(time, wallNow, date));
    }

    /** Writes the file; durable on return, unless the disk refuses, which is logged. Blocks; one caller at a time. */
    void save() {
        try {
            write(ByteBuffer.wrap(text().getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("file", file)
                    .addKeyValue("cause", e.toString())
                    .log("trusted time not written");
        }
    }

    private synchronized String text() {
        String line = heard.map(
                        known -> "heard " + known.trusted() + " wall " + known.wall() + " date " + known.date() + "\n")
                .orElse("");
        return "trusted " + instant() + "\n" + line;
    }

    /** A file that is torn by a power cut would be taken for the first start. */
    private void write(ByteBuffer bytes) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        try (FileChannel channel = FileChannel.open(
                next, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void close() {
        save();
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("UTC only");
    }
}
