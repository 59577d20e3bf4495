package io.entrepot.storage.disk;

/** A growing column of sizes, of which the upper halves take room only where there is a blob of 4 GiB or more. */
final class Sizes {

    private final Ints lower = new Ints();
    private final Ints upper = new Ints();

    long get(int index) {
        return ((long) upper.get(index) << 32) | Integer.toUnsignedLong(lower.get(index));
    }

    void set(int index, long size) {
        lower.set(index, (int) size);
        int large = (int) (size >>> 32);
        if (large != 0 || upper.get(index) != 0) {
            upper.set(index, large);
        }
    }
}
