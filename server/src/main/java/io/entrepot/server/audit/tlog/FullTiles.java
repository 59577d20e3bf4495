package io.entrepot.server.audit.tlog;

import java.io.IOException;

/** Where the tiles are that a tree does not hold in memory any more. */
interface FullTiles {

    /** The 256 hashes of a full tile. */
    byte[] tile(int level, long index) throws IOException;
}
