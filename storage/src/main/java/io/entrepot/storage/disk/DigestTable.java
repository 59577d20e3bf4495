package io.entrepot.storage.disk;

import io.entrepot.oci.Digest;
import io.entrepot.oci.Digest.Algorithm;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntConsumer;

/**
 * Digests numbered densely from 0: a hash table with open addressing over columns, without an object for each digest.
 *
 * <p>Not safe for use by several threads. A number is used again after its digest was deleted.
 */
final class DigestTable {

    static final int NONE = -1;
    static final int WORDS = 4;
    private static final int MOST_SLOTS = 1 << 28;
    private static final byte SHA256 = 1;
    private static final byte SHA512 = 2;
    private static final long SEED = ThreadLocalRandom.current().nextLong() | 1;

    private final Longs first = new Longs();
    private final Longs second = new Longs();
    private final Bytes kind = new Bytes();
    private int[] slots = new int[1024];
    private int free = NONE;
    private int span;
    private int size;

    /** The number of digests. */
    int size() {
        return size;
    }

    /** All numbers in use are below this. */
    int span() {
        return span;
    }

    boolean isUsed(int id) {
        return kind.get(id) != 0;
    }

    Digest digest(int id) {
        StringBuilder hex = new StringBuilder(128);
        for (int word = 0; word < words(algorithm(id)); word++) {
            hex.append(HexFormat.of().toHexDigits(word(id, word)));
        }
        return new Digest(algorithm(id), hex.toString());
    }

    Algorithm algorithm(int id) {
        return kind.get(id) == SHA256 ? Algorithm.SHA256 : Algorithm.SHA512;
    }

    /** 0 is a number that is not in use. */
    private static byte kind(Algorithm algorithm) {
        return switch (algorithm) {
            case SHA256 -> SHA256;
            case SHA512 -> SHA512;
        };
    }

    /** Eight bytes of a digest, the first word first. */
    long word(int id, int word) {
        return (word < WORDS ? first : second).get(id * WORDS + word % WORDS);
    }

    /** The number of words in a digest. */
    static int words(Algorithm algorithm) {
        return algorithm == Algorithm.SHA256 ? WORDS : 2 * WORDS;
    }

    static long[] words(Digest digest) {
        long[] words = new long[words(digest.algorithm())];
        for (int word = 0; word < words.length; word++) {
            words[word] = HexFormat.fromHexDigitsToLong(digest.hex(), word * 16, word * 16 + 16);
        }
        return words;
    }

    /** Makes room for this many, so that filling it does not move what is in it again and again. */
    void expect(int digests) {
        while (digests + 1 > slots.length / 3 * 2 && slots.length < MOST_SLOTS) {
            grow();
        }
    }

    /** The number of a digest, or {@link #NONE}. */
    int find(Digest digest) {
        return find(digest.algorithm(), words(digest));
    }

    int find(Algorithm algorithm, long[] words) {
        return slots[slotOf(algorithm, words)] - 1;
    }

    /** Numbers a digest that is not in the table. */
    int insert(Algorithm algorithm, long[] words) {
        if (size + 1 > slots.length / 3 * 2) {
            grow();
        }
        int id = take();
        fill(id, algorithm, words);
        slots[slotOf(algorithm, words)] = id + 1;
        size++;
        return id;
    }

    /**
     * Numbers the digests of all rows, the first with {@link #span}, which it grows by their count.
     *
     * <p>One that was in the table before, or in an earlier row, is in it only once afterwards, with its new number: the
     * old one is given to {@code again}, which must {@link #delete} it.
     */
    void insertAll(BlobRows rows, IntConsumer again) {
        int start = span;
        expect(size + rows.count());
        fillAll(start, rows);
        span += rows.count();
        for (int id = start; id < span; id++) {
            enter(id, again);
        }
    }

    private void fillAll(int start, BlobRows rows) {
        first.setAll(start * WORDS, rows.first(), rows.count() * WORDS);
        int restAt = 0;
        for (int row = 0; row < rows.count(); row++) {
            kind.set(start + row, kind(rows.algorithm(row)));
            if (rows.algorithm(row) == Algorithm.SHA512) {
                for (int word = 0; word < WORDS; word++) {
                    second.set((start + row) * WORDS + word, rows.rest()[restAt++]);
                }
            }
        }
    }

    /** Enters a number whose digest is filled in already. */
    private void enter(int id, IntConsumer again) {
        int slot = home(first.get(id * WORDS));
        while (slots[slot] != 0) {
            int other = slots[slot] - 1;
            if (isSame(other, id)) {
                again.accept(other);
                slot = home(first.get(id * WORDS));
            } else {
                slot = next(slot);
            }
        }
        slots[slot] = id + 1;
        size++;
    }

    private boolean isSame(int id, int other) {
        if (first.get(id * WORDS) != first.get(other * WORDS) || kind.get(id) != kind.get(other)) {
            return false;
        }
        int words = words(algorithm(id));
        int word = 1;
        while (word < words && word(id, word) == word(other, word)) {
            word++;
        }
        return word == words;
    }

    private int take() {
        if (free == NONE) {
            return span++;
        }
        int id = free;
        free = (int) first.get(id * WORDS);
        return id;
    }

    private void fill(int id, Algorithm algorithm, long[] words) {
        kind.set(id, kind(algorithm));
        for (int word = 0; word < words.length; word++) {
            (word < WORDS ? first : second).set(id * WORDS + word % WORDS, words[word]);
        }
    }

    /** Forgets a number that is in use. The place of its first word says which number is free next. */
    void delete(int id) {
        int slot = home(first.get(id * WORDS));
        while (slots[slot] != id + 1) {
            slot = next(slot);
        }
        close(slot);
        kind.set(id, (byte) 0);
        first.set(id * WORDS, free);
        free = id;
        size--;
    }

    /** Moves back what stands after a freed slot, so that no search ends at the gap too early. */
    private void close(int gap) {
        int slot = next(gap);
        while (slots[slot] != 0) {
            int home = home(first.get((slots[slot] - 1) * WORDS));
            if (distance(home, slot) >= distance(gap, slot)) {
                slots[gap] = slots[slot];
                gap = slot;
            }
            slot = next(slot);
        }
        slots[gap] = 0;
    }

    private int distance(int from, int to) {
        return (to - from) & (slots.length - 1);
    }

    private void grow() {
        slots = new int[slots.length * 2];
        for (int id = 0; id < span; id++) {
            if (isUsed(id)) {
                int slot = home(first.get(id * WORDS));
                while (slots[slot] != 0) {
                    slot = next(slot);
                }
                slots[slot] = id + 1;
            }
        }
    }

    /** The slot of a digest or, if it is absent, the empty one where it belongs. */
    private int slotOf(Algorithm algorithm, long[] words) {
        int slot = home(words[0]);
        while (slots[slot] != 0 && !equals(slots[slot] - 1, algorithm, words)) {
            slot = next(slot);
        }
        return slot;
    }

    private boolean equals(int id, Algorithm algorithm, long[] words) {
        if (kind.get(id) != kind(algorithm)) {
            return false;
        }
        for (int word = 0; word < words.length; word++) {
            if (word(id, word) != words[word]) {
                return false;
            }
        }
        return true;
    }

    /** Seeded, so that nobody can choose content whose digests meet in one slot. */
    private int home(long word) {
        long mixed = (word ^ SEED) * 0x9E3779B97F4A7C15L;
        return (int) ((mixed ^ (mixed >>> 32)) & (slots.length - 1));
    }

    private int next(int slot) {
        return (slot + 1) & (slots.length - 1);
    }
}
