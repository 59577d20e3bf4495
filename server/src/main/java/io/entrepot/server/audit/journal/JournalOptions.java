package io.entrepot.server.audit.journal;

import java.time.Clock;
import java.time.Duration;

/**
 * How a journal works.
 *
 * @param segmentBytes the size of a segment; 4 KiB to 1 GiB
 * @param spares segments that are held ready; at least 1
 * @param linger how long after a batch was taken the next one is, unless it is full before: a record waits for others no
 *     longer
 * @param batchRecords so many records that wait are written at once
 * @param batchBytes so many bytes that wait are written at once
 * @param queueRecords so many may wait to be taken; as many again may have been taken and not be written
 * @param queueBytes the same in bytes
 * @param retry how long a failed journal waits before it tries again; doubled each time
 * @param retryAtMost the longest such wait
 * @param first no seq below this is given, whatever is found: what is held elsewhere already ends there
 * @param clock says when an {@link Outage} was
 */
public record JournalOptions(
        long segmentBytes,
        int spares,
        Duration linger,
        int batchRecords,
        int batchBytes,
        int queueRecords,
        long queueBytes,
        Duration retry,
        Duration retryAtMost,
        long first,
        Clock clock) {

    private static final long SMALLEST_SEGMENT = 4 * 1024;
    private static final long LARGEST_SEGMENT = 1L << 30;

    /** 64 MiB segments, two spare; 1 ms, 4,096 records or 256 KiB; 65,536 records or 64 MiB wait; tried again after 100 ms to 5 s. */
    public static final JournalOptions DEFAULT = new JournalOptions(
            64L << 20,
            2,
            Duration.ofMillis(1),
            4_096,
            256 << 10,
            65_536,
            64L << 20,
            Duration.ofMillis(100),
            Duration.ofSeconds(5),
            0,
            Clock.systemUTC());

    public JournalOptions {
        expect(
                segmentBytes >= SMALLEST_SEGMENT && segmentBytes <= LARGEST_SEGMENT,
                "segmentBytes",
                segmentBytes,
                "4 KiB to 1 GiB");
        expect(spares >= 1, "spares", spares, "at least 1");
        expect(batchRecords >= 1, "batchRecords", batchRecords, "at least 1");
        expect(batchBytes >= 1, "batchBytes", batchBytes, "at least 1");
        expect(queueRecords >= 1, "queueRecords", queueRecords, "at least 1");
        expect(queueBytes >= Frame.LARGEST_RECORD, "queueBytes", queueBytes, "at least " + Frame.LARGEST_RECORD);
        expect(!retry.isNegative() && !retry.isZero(), "retry", retry.toMillis(), "more than 0 ms");
        expect(first >= 0, "first", first, "at least 0");
    }

    private static void expect(boolean holds, String name, long value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
        }
    }

    /** The longest body that is taken: with its head it is a record of at most 65,535 bytes, and fits into an empty segment. */
    public int largestBody() {
        long room = segmentBytes - 2L * SegmentHeader.SIZE - Frame.HEAD;
        return (int) Math.min(Frame.LARGEST_RECORD, room) - Frame.LONGEST_START;
    }

    public JournalOptions withSegmentBytes(long bytes) {
        return new JournalOptions(
                bytes,
                spares,
                linger,
                batchRecords,
                batchBytes,
                queueRecords,
                queueBytes,
                retry,
                retryAtMost,
                first,
                clock);
    }

    public JournalOptions withSpares(int count) {
        return new JournalOptions(
                segmentBytes,
                count,
                linger,
                batchRecords,
                batchBytes,
                queueRecords,
                queueBytes,
                retry,
                retryAtMost,
                first,
                clock);
    }

    public JournalOptions withLinger(Duration duration) {
        return new JournalOptions(
                segmentBytes,
                spares,
                duration,
                batchRecords,
                batchBytes,
                queueRecords,
                queueBytes,
                retry,
                retryAtMost,
                first,
                clock);
    }

    public JournalOptions withQueue(int records, long bytes) {
        return new JournalOptions(
                segmentBytes,
                spares,
                linger,
                batchRecords,
                batchBytes,
                records,
                bytes,
                retry,
                retryAtMost,
                first,
                clock);
    }

    public JournalOptions withRetry(Duration wait, Duration atMost) {
        return new JournalOptions(
                segmentBytes,
                spares,
                linger,
                batchRecords,
                batchBytes,
                queueRecords,
                queueBytes,
                wait,
                atMost,
                first,
                clock);
    }

    public JournalOptions withFirst(long seq) {
        return new JournalOptions(
                segmentBytes,
                spares,
                linger,
                batchRecords,
                batchBytes,
                queueRecords,
                queueBytes,
                retry,
                retryAtMost,
                seq,
                clock);
    }
}
