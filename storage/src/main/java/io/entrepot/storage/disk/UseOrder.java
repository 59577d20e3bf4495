package io.entrepot.storage.disk;

/** Numbers from the least to the most recently used: a list that lives in two columns, which several lists may share. */
final class UseOrder {

    private static final int NONE = 0;

    private final Ints older;
    private final Ints newer;
    private int oldest = NONE;
    private int newest = NONE;
    private int walk = NONE;

    UseOrder(Ints older, Ints newer) {
        this.older = older;
        this.newer = newer;
    }

    /** The least recently used number, or {@link DigestTable#NONE}. */
    int oldest() {
        return oldest - 1;
    }

    /** Starts to walk from the least recently used one; one walk at a time. */
    void startWalk() {
        walk = oldest;
    }

    /**
     * The next numbers of the walk; returns how many, 0 at the end. The list may change between two calls: what was moved
     * to its end then comes there, also if it came before.
     */
    int walk(int[] into) {
        int count = 0;
        while (walk != NONE && count < into.length) {
            into[count++] = walk - 1;
            walk = newer.get(walk - 1);
        }
        return count;
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
        walk = walk == id + 1 ? after : walk;
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
