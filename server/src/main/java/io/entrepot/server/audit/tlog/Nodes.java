package io.entrepot.server.audit.tlog;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The complete subtrees of a tree, from which roots and proofs are made (RFC 6962, 2.1). */
interface Nodes {

    /** The root of leaves {@code index << height} up to {@code (index + 1) << height}, all of which exist. */
    Hash node(int height, long index) throws IOException;

    /** The root of the leaves from {@code from} to {@code to}, as the recursion of RFC 6962 meets them. */
    default Hash root(long from, long to) throws IOException {
        long count = to - from;
        if (count == 0) {
            return Hash.EMPTY;
        }
        if (Long.bitCount(count) == 1) {
            int height = Long.numberOfTrailingZeros(count);
            return node(height, from >>> height);
        }
        long split = from + split(count);
        return Hash.node(root(from, split), root(split, to));
    }

    /** From the leaf's sibling up to the child of the root; empty in a tree of one leaf. */
    default List<Hash> inclusion(long index, long size) throws IOException {
        if (index < 0 || index >= size) {
            throw new IllegalArgumentException("index: " + index + " (expected: 0 to below the size, " + size + ")");
        }
        List<Hash> path = new ArrayList<>();
        inclusion(index, 0, size, path);
        return path;
    }

    private void inclusion(long index, long from, long to, List<Hash> path) throws IOException {
        if (to - from == 1) {
            return;
        }
        long split = from + split(to - from);
        if (index < split) {
            inclusion(index, from, split, path);
            path.add(root(split, to));
        } else {
            inclusion(index, split, to, path);
            path.add(root(from, split));
        }
    }

    /** That the tree of the old size is the beginning of that of the new size; empty if the old one is empty or the same. */
    default List<Hash> consistency(long oldSize, long newSize) throws IOException {
        if (oldSize < 0 || oldSize > newSize) {
            throw new IllegalArgumentException("old size: " + oldSize + " (expected: 0 to " + newSize + ")");
        }
        List<Hash> path = new ArrayList<>();
        if (oldSize > 0) {
            consistency(oldSize, 0, newSize, true, path);
        }
        return path;
    }

    /** {@code whole}: the old tree's root is known to who verifies. */
    private void consistency(long old, long from, long to, boolean whole, List<Hash> path) throws IOException {
        if (old == to) {
            if (!whole) {
                path.add(root(from, to));
            }
            return;
        }
        long split = from + split(to - from);
        if (old <= split) {
            consistency(old, from, split, whole, path);
            path.add(root(split, to));
        } else {
            consistency(old, split, to, false, path);
            path.add(root(from, split));
        }
    }

    /** The largest power of two below the count, which is at least two. */
    private static long split(long count) {
        return Long.highestOneBit(count - 1);
    }
}
