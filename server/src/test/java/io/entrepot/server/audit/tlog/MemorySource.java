package io.entrepot.server.audit.tlog;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/** Durable records, as a test imagines a journal. */
class MemorySource implements RecordSource {

    private final List<byte[]> records = new ArrayList<>();
    private long first;

    /** So many records were handed out. */
    long read;

    synchronized void add(LongFunction<byte[]> maker, int count) {
        for (int i = 0; i < count; i++) {
            records.add(maker.apply(first + records.size()));
        }
    }

    /** As a journal does when it is told that the volume is sealed. */
    synchronized void forget(long below) {
        records.subList(0, (int) (Math.max(below, first) - first)).clear();
        first = Math.max(below, first);
    }

    synchronized void change(long index, byte[] record) {
        records.set((int) (index - first), record);
    }

    synchronized void truncate(long size) {
        records.subList((int) (size - first), records.size()).clear();
    }

    @Override
    public synchronized long first() {
        return first;
    }

    @Override
    public synchronized long size() {
        return first + records.size();
    }

    @Override
    public void read(long from, long to, Taker taker) throws IOException {
        for (long index = from; index < to; index++) {
            read++;
            taker.take(index, at(index));
        }
    }

    private synchronized byte[] at(long index) throws IOException {
        if (index < first || index >= size()) {
            throw new IOException("record " + index + " is not here (expected: " + first + " to " + size() + ")");
        }
        return records.get((int) (index - first));
    }
}
