package io.entrepot.server.audit.query;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Records in memory; the first can be forgotten. */
public final class ListedRecords implements Records {

    private final List<byte[]> records = new ArrayList<>();
    private long first;

    public static ListedRecords of(long seed, long count, long days) {
        ListedRecords listed = new ListedRecords();
        Fleet.write(seed, count, days, listed::add);
        return listed;
    }

    public void add(byte[] record) {
        records.add(record);
    }

    public void forget(long below) {
        first = below;
    }

    public List<byte[]> all() {
        return records;
    }

    @Override
    public long first() {
        return first;
    }

    @Override
    public long end() {
        return records.size();
    }

    /** Of three quarters it is said that they are read at little cost, so that both ways are gone. */
    @Override
    public long sealed() {
        return records.size() * 3L / 4;
    }

    @Override
    public void read(long from, long to, Reader reader) throws IOException {
        for (long seq = from; seq < to; seq++) {
            reader.accept(seq, records.get((int) seq));
        }
    }
}
