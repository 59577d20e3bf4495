package io.entrepot.server.audit;

import io.entrepot.server.audit.export.Entry;
import io.entrepot.server.audit.export.Tail;
import io.entrepot.server.audit.tlog.RecordSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A log for those who follow it. */
final class LogTail implements Tail {

    /** A bundle of what is sealed, which is unpacked as a whole. */
    private static final int STEP = 256;

    private final RecordSource records;

    LogTail(RecordSource records) {
        this.records = records;
    }

    @Override
    public long first() {
        return records.first();
    }

    @Override
    public long end() {
        return records.size();
    }

    @Override
    public List<Entry> read(long from, int most, long bytes) throws IOException {
        List<Entry> batch = new ArrayList<>();
        long[] size = new long[1];
        long to = Math.min(records.size(), from + most);
        // in steps, so that little more is read than is taken
        for (long at = from; at < to && size[0] < bytes; at = Math.min(to, (at / STEP + 1) * STEP)) {
            records.read(at, Math.min(to, (at / STEP + 1) * STEP), (seq, record) -> {
                batch.add(new Entry(seq, record));
                size[0] += record.length;
            });
        }
        return batch;
    }
}
