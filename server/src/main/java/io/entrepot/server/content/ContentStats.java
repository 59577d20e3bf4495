package io.entrepot.server.content;

import java.util.concurrent.atomic.LongAdder;

/** What content counts; read by metrics, written by content alone. */
public final class ContentStats {

    /** Fills that got an answer from the upstream. */
    public final LongAdder fillsStarted = new LongAdder();

    /** Fills whose blob was verified. */
    public final LongAdder fillsCompleted = new LongAdder();

    /** Fills that ended without a blob. */
    public final LongAdder fillsFailed = new LongAdder();

    /** Fills stopped because nobody read them any more and the budget for that was spent. */
    public final LongAdder fillsAbandoned = new LongAdder();

    /** Transfers that broke and were taken up again. */
    public final LongAdder resumes = new LongAdder();

    /** Blobs passed through without being kept. */
    public final LongAdder relays = new LongAdder();

    /** Held blobs that were hashed again because their file had changed since it was verified. */
    public final LongAdder rechecks = new LongAdder();

    /** Bytes of blobs that came from upstreams. */
    public final LongAdder bytesFetched = new LongAdder();

    /** Of these, bytes fetched by range requests for readers far beyond the prefix. */
    public final LongAdder rangeBytesFetched = new LongAdder();

    /** Bodies that broke off short of their end because what came was wrong. */
    public final LongAdder wrongBytes = new LongAdder();
}
