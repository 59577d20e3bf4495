package io.entrepot.server.audit.tlog;

import java.util.Arrays;

/** What a growing tree must remember: the roots of its complete subtrees, one for each bit of its size. One thread. */
final class RightEdge {

    /** Is told of each complete subtree whose root stands in a tile: those of height 0, 8, 16, ... */
    interface Completed {
        void subtree(int height, Hash root);
    }

    private final Hash[] roots = new Hash[Long.SIZE];
    private long size;

    RightEdge() {
        Arrays.fill(roots, Hash.EMPTY);
    }

    /** Another that goes its own way from here. */
    RightEdge copy() {
        RightEdge copy = new RightEdge();
        System.arraycopy(roots, 0, copy.roots, 0, roots.length);
        copy.size = size;
        return copy;
    }

    long size() {
        return size;
    }

    void append(Hash leaf, Completed completed) {
        Hash root = leaf;
        int height = 0;
        completed.subtree(0, leaf);
        for (; (size >>> height & 1) == 1; height++) {
            root = Hash.node(roots[height], root);
            if ((height + 1) % 8 == 0) {
                completed.subtree(height + 1, root);
            }
        }
        roots[height] = root;
        size++;
    }

    /** Takes a whole subtree of this height; the size must be a multiple of its width. */
    void append(int subtree, Hash subtreeRoot) {
        Hash root = subtreeRoot;
        int height = subtree;
        for (; (size >>> height & 1) == 1; height++) {
            root = Hash.node(roots[height], root);
        }
        roots[height] = root;
        size += 1L << subtree;
    }

    Hash root() {
        if (size == 0) {
            return Hash.EMPTY;
        }
        int height = Long.numberOfTrailingZeros(size);
        Hash root = roots[height];
        for (height++; height < Long.SIZE; height++) {
            if ((size >>> height & 1) == 1) {
                root = Hash.node(roots[height], root);
            }
        }
        return root;
    }
}
