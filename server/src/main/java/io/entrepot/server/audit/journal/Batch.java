package io.entrepot.server.audit.journal;

import java.nio.ByteBuffer;

/** Frames that are written and forced at once. */
final class Batch {

    /** More than a batch that is full: what came while the last one was forced is one batch too. */
    static final int LARGEST = 1 << 20;

    private final ByteBuffer frames = ByteBuffer.allocateDirect(LARGEST);
    private long id;
    private long first;
    private int records;

    /** Begins anew: for a segment with this id, with this seq. */
    void begin(Segment segment, long seq) {
        frames.clear().limit((int) Math.min(LARGEST, segment.room()));
        id = segment.id();
        first = seq;
        records = 0;
    }

    /** Adds a record; false if it does not fit any more. */
    boolean add(Pending record) {
        byte[] body = record.made();
        if (Frame.sizeOf(body.length) > frames.remaining()) {
            return false;
        }
        Frame.put(frames, id, first + records, records, body);
        records++;
        return true;
    }

    int records() {
        return records;
    }

    ByteBuffer frames() {
        return frames.flip();
    }
}
