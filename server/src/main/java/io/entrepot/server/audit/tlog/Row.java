package io.entrepot.server.audit.tlog;

import java.util.Arrays;

/** The newest hashes of one level, one after another; the older ones are elsewhere. */
final class Row {

    private byte[] hashes = new byte[Tile.WIDTH * Hash.BYTES];
    private long first;
    private int count;

    /** Begins at this index, so that all before it are elsewhere. */
    void beginAt(long index) {
        first = index;
        count = 0;
    }

    long first() {
        return first;
    }

    long end() {
        return first + count;
    }

    void append(Hash hash) {
        int at = count * Hash.BYTES;
        if (at == hashes.length) {
            hashes = Arrays.copyOf(hashes, at * 2);
        }
        hash.into(hashes, at);
        count++;
    }

    byte[] copy(long from, int width) {
        int at = (int) (from - first) * Hash.BYTES;
        return Arrays.copyOfRange(hashes, at, at + width * Hash.BYTES);
    }

    Hash root(long from, int width) {
        return Hash.root(hashes, (int) (from - first) * Hash.BYTES, width);
    }

    /** Drops what is below this index, and the room that it took. */
    void forget(long below) {
        if (below > first) {
            int gone = (int) (Math.min(below, end()) - first);
            int left = count - gone;
            int room = Math.max(Tile.WIDTH, Integer.highestOneBit(Math.max(1, left)) * 2) * Hash.BYTES;
            byte[] kept = new byte[room];
            System.arraycopy(hashes, gone * Hash.BYTES, kept, 0, left * Hash.BYTES);
            hashes = kept;
            first += gone;
            count = left;
        }
    }
}
