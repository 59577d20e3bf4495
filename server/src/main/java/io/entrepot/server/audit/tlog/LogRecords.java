package io.entrepot.server.audit.tlog;

import java.io.IOException;
import java.util.List;

/** All records of a log: those that are sealed, and behind them those that are not yet. Any thread. */
public final class LogRecords implements RecordSource {

    private final SealedStore sealed;
    private final RecordSource unsealed;

    public LogRecords(SealedStore sealed, RecordSource unsealed) {
        this.sealed = sealed;
        this.unsealed = unsealed;
    }

    @Override
    public long first() {
        return sealed.minimum();
    }

    @Override
    public long size() {
        return Math.max(sealed.size(), unsealed.size());
    }

    @Override
    public void read(long from, long to, Taker taker) throws IOException {
        Following following = new Following(from, taker);
        while (following.next < to) {
            long end = Math.min(to, sealed.size());
            if (following.next < end) {
                readSealed(following.next, end, following);
            } else {
                readUnsealed(to, following);
            }
        }
    }

    private void readSealed(long from, long to, Taker taker) throws IOException {
        long index = from;
        while (index < to) {
            try (VolumeReader volume = sealed.volume(index / Volume.RECORDS)) {
                long end = Math.min(to, (index / Volume.RECORDS + 1) * Volume.RECORDS);
                while (index < end) {
                    List<byte[]> records = volume.records((int) (index % Volume.RECORDS / Tile.WIDTH));
                    do {
                        taker.take(index, records.get((int) (index % Tile.WIDTH)));
                        index++;
                    } while (index < end && index % Tile.WIDTH != 0);
                }
            }
        }
    }

    /** What is sealed meanwhile may be gone from the source: then it is read where it is now. */
    private void readUnsealed(long to, Following following) throws IOException {
        try {
            unsealed.read(following.next, to, (index, record) -> {
                if (Missing.is(index, record) && sealed.reaches(index)) {
                    throw new IOException("record " + index + " is sealed by now");
                }
                following.take(index, record);
            });
        } catch (IOException e) {
            if (!sealed.reaches(following.next)) {
                throw e;
            }
        }
    }

    private static final class Following implements Taker {

        private final Taker taker;
        private long next;

        Following(long from, Taker taker) {
            this.next = from;
            this.taker = taker;
        }

        @Override
        public void take(long index, byte[] record) throws IOException {
            taker.take(index, record);
            next = index + 1;
        }
    }
}
