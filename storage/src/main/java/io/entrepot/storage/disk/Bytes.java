package io.entrepot.storage.disk;

import java.util.Arrays;

/** A growing column of bytes in pages, so that growth neither copies nor doubles; what was never set is 0. */
final class Bytes {

    private static final int BITS = 14;
    private static final int MASK = (1 << BITS) - 1;
    private static final byte[] ABSENT = {};

    private byte[][] pages = {};

    byte get(int index) {
        int page = index >>> BITS;
        return page >= pages.length || pages[page] == ABSENT ? 0 : pages[page][index & MASK];
    }

    void set(int index, byte value) {
        page(index >>> BITS)[index & MASK] = value;
    }

    private byte[] page(int page) {
        if (page >= pages.length) {
            int before = pages.length;
            pages = Arrays.copyOf(pages, Math.max(page + 1, before * 2));
            Arrays.fill(pages, before, pages.length, ABSENT);
        }
        if (pages[page] == ABSENT) {
            pages[page] = new byte[1 << BITS];
        }
        return pages[page];
    }
}
