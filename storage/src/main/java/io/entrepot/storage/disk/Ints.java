package io.entrepot.storage.disk;

import java.util.Arrays;

/** A growing column of ints in pages, so that growth neither copies nor doubles; what was never set is 0. */
final class Ints {

    private static final int BITS = 14;
    private static final int MASK = (1 << BITS) - 1;
    private static final int[] ABSENT = {};

    private int[][] pages = {};

    int get(int index) {
        int page = index >>> BITS;
        return page >= pages.length || pages[page] == ABSENT ? 0 : pages[page][index & MASK];
    }

    void set(int index, int value) {
        page(index >>> BITS)[index & MASK] = value;
    }

    /** Sets a row of indexes, one after the other, to the first of these values. */
    void setAll(int start, int[] values, int count) {
        int done = 0;
        while (done < count) {
            int offset = (start + done) & MASK;
            int length = Math.min(count - done, MASK + 1 - offset);
            System.arraycopy(values, done, page((start + done) >>> BITS), offset, length);
            done += length;
        }
    }

    private int[] page(int page) {
        if (page >= pages.length) {
            int before = pages.length;
            pages = Arrays.copyOf(pages, Math.max(page + 1, before * 2));
            Arrays.fill(pages, before, pages.length, ABSENT);
        }
        if (pages[page] == ABSENT) {
            pages[page] = new int[1 << BITS];
        }
        return pages[page];
    }
}
