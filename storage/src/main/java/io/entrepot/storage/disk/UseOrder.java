package io.entrepot.storage.disk;

import java.util.stream.IntStream;

/** Numbers from the least to the most recently used: a list that lives in two columns, which several lists may share. */
final class UseOrder {

    private static final int NONE = 0;

    private final Ints older;
    private final Ints newer;
    private int oldest = NONE;
    private int newest = NONE;

    UseOrder(Ints older, Ints newer) {
        this.older = older;
        this.newer = newer;
    }

    /** The least recently used number, or {@link DigestTable#NONE}. */
    int oldest() {
        return oldest - 1;
    }

    /** All numbers in this order; the list must not change meanwhile. */
    IntStream oldestFirst() {
        return IntStream.iterate(oldest, link -> link != NONE, link -> newer.get(link - 1))
                .map(link -> link - 1);
    }

    /** Adds a number, which is in no list, as the most recently used. */
    void add(int id) {
        older.set(id, newest);
        newer.set(id, NONE);
        if (newest == NONE) {
            oldest = id + 1;
        } else {
            newer.set(newest - 1, id + 1);
        }
        newest = id + 1;
    }

    /** Removes a number that is in this list. */
    void remove(int id) {
        int before = older.get(id);
        int after = newer.get(id);
        if (before == NONE) {
            oldest = after;
        } else {
            newer.set(before - 1, after);
        }
        if (after == NONE) {
            newest = before;
        } else {
            older.set(after - 1, before);
        }
    }
}
