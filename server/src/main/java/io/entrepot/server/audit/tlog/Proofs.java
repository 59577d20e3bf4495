package io.entrepot.server.audit.tlog;

import java.util.List;

/** Verifies proofs, given what they are to be proofs of (RFC 9162, 2.1.3.2 and 2.1.4.2). */
public final class Proofs {

    private Proofs() {}

    /** Whether this leaf stands at this index in the tree of this size and root. */
    public static boolean includes(Hash leaf, long index, long size, Hash root, List<Hash> path) {
        if (index < 0 || index >= size) {
            return false;
        }
        long place = index;
        long last = size - 1;
        Hash hash = leaf;
        for (Hash sibling : path) {
            if (last == 0) {
                return false;
            }
            if ((place & 1) == 1 || place == last) {
                hash = Hash.node(sibling, hash);
                int up = (place & 1) == 1 ? 0 : Long.numberOfTrailingZeros(place);
                place >>>= up;
                last >>>= up;
            } else {
                hash = Hash.node(hash, sibling);
            }
            place >>>= 1;
            last >>>= 1;
        }
        return last == 0 && hash.equals(root);
    }

    /** Whether the tree of the old size and root is the beginning of that of the new size and root. */
    public static boolean extendsTo(long oldSize, Hash oldRoot, long newSize, Hash newRoot, List<Hash> path) {
        if (oldSize < 0 || oldSize > newSize) {
            return false;
        }
        if (oldSize == newSize) {
            return path.isEmpty() && oldRoot.equals(newRoot);
        }
        if (oldSize == 0) {
            return path.isEmpty() && oldRoot.equals(Hash.EMPTY);
        }
        return grows(oldSize, oldRoot, newSize, newRoot, path);
    }

    private static boolean grows(long oldSize, Hash oldRoot, long newSize, Hash newRoot, List<Hash> path) {
        boolean known = Long.bitCount(oldSize) == 1;
        if (path.isEmpty()) {
            return false;
        }
        int shift = Long.numberOfTrailingZeros(oldSize);
        long place = oldSize - 1 >>> shift;
        long last = newSize - 1 >>> shift;
        Hash seed = known ? oldRoot : path.get(0);
        Hash old = seed;
        Hash grown = seed;
        for (Hash sibling : path.subList(known ? 0 : 1, path.size())) {
            if (last == 0) {
                return false;
            }
            if ((place & 1) == 1 || place == last) {
                old = Hash.node(sibling, old);
                grown = Hash.node(sibling, grown);
                int up = (place & 1) == 1 || place == 0 ? 0 : Long.numberOfTrailingZeros(place);
                place >>>= up;
                last >>>= up;
            } else {
                grown = Hash.node(grown, sibling);
            }
            place >>>= 1;
            last >>>= 1;
        }
        return last == 0 && old.equals(oldRoot) && grown.equals(newRoot);
    }
}
