package io.entrepot.server.audit.tlog;

/** The measures of C2SP tlog-tiles: a tile is eight levels of the tree, given by the 256 hashes at its foot. */
final class Tile {

    /** Hashes in a full tile, records in a full bundle. */
    static final int WIDTH = 256;

    /** Levels of the tree that lie in one tile. */
    static final int HEIGHT = 8;

    /** The bytes of a full tile. */
    static final int BYTES = WIDTH * Hash.BYTES;

    /** No tree of 63 bits has tiles above this level. */
    static final int TOP = 7;

    private Tile() {}

    /** How many hashes a tree of this size has at a level of tiles. */
    static long hashes(int level, long size) {
        return level > TOP ? 0 : size >>> level * HEIGHT;
    }
}
