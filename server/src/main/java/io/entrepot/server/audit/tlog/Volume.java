package io.entrepot.server.audit.tlog;

/** The measures of a sealed volume. */
final class Volume {

    /** Records in one: its root is one hash of a tile at level 2. */
    static final int RECORDS = 65_536;

    /** Bundles of records, and tiles of their hashes, in one. */
    static final int BUNDLES = RECORDS / Tile.WIDTH;

    /** The level of tiles in which a volume is one hash. */
    static final int LEVEL = 2;

    private Volume() {}
}
