package io.entrepot.server.audit.tlog;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A Merkle tree that grows at its right edge (RFC 6962). In memory are the hashes that {@link #forget} was not told of: those
 * of the volume in progress, and one for each 65,536 leaves; all others are read as tiles. Any thread.
 */
public final class Tree {

    private final FullTiles older;
    private final RightEdge edge = new RightEdge();
    private final List<Row> rows = Stream.generate(Row::new).limit(Tile.TOP + 1).toList();

    /** Everything stays in memory. */
    public Tree() {
        this((level, index) -> {
            throw new IOException("tile " + level + "/" + index + " was forgotten");
        });
    }

    Tree(FullTiles older) {
        this.older = older;
    }

    /** A tree whose first leaves are elsewhere: {@code subtrees} are the roots of so many whole volumes. */
    static Tree of(FullTiles older, List<Hash> volumes) {
        Tree tree = new Tree(older);
        int level = Volume.LEVEL;
        for (Hash root : volumes) {
            tree.edge.append(level * Tile.HEIGHT, root);
            tree.rows.get(level).append(root);
        }
        tree.rows.get(0).beginAt(tree.edge.size());
        tree.rows.get(1).beginAt(tree.edge.size() >>> Tile.HEIGHT);
        for (int above = level + 1; above <= Tile.TOP; above++) {
            tree.derive(above);
        }
        return tree;
    }

    private void derive(int level) {
        long full = Tile.hashes(level, edge.size());
        for (long i = 0; i < full; i++) {
            rows.get(level).append(rows.get(level - 1).root(i * Tile.WIDTH, Tile.WIDTH));
        }
    }

    public synchronized long size() {
        return edge.size();
    }

    public synchronized void append(Hash leaf) {
        edge.append(leaf, (height, root) -> rows.get(height / Tile.HEIGHT).append(root));
    }

    /** The root of all that was appended. */
    public synchronized Hash root() {
        return edge.root();
    }

    /** The root when there were so many leaves; reads older tiles. */
    public synchronized Hash root(long size) throws IOException {
        return size == edge.size() ? edge.root() : nodes(size).root(0, size);
    }

    /** RFC 6962, 2.1.1: from the leaf's sibling up. */
    public synchronized List<Hash> inclusion(long index, long size) throws IOException {
        return nodes(size).inclusion(index, size);
    }

    /** RFC 6962, 2.1.2. */
    public synchronized List<Hash> consistency(long oldSize, long newSize) throws IOException {
        return nodes(newSize).consistency(oldSize, newSize);
    }

    private Nodes nodes(long size) {
        if (size < 0 || size > edge.size()) {
            throw new IllegalArgumentException("size: " + size + " (expected: 0 to " + edge.size() + ")");
        }
        return this::node;
    }

    private Hash node(int height, long index) throws IOException {
        int level = height / Tile.HEIGHT;
        int count = 1 << height % Tile.HEIGHT;
        long first = index * count;
        Row row = rows.get(level);
        if (first >= row.first()) {
            return row.root(first, count);
        }
        byte[] tile = older.tile(level, first / Tile.WIDTH);
        return Hash.root(tile, (int) (first % Tile.WIDTH) * Hash.BYTES, count);
    }

    /** The first {@code width} hashes of a tile; @throws IllegalArgumentException if there are not so many. */
    synchronized byte[] tile(int level, long index, int width) throws IOException {
        Row row = rows.get(level);
        long first = index * Tile.WIDTH;
        if (first + width > row.end()) {
            throw new IllegalArgumentException("tile " + level + "/" + index + " of width " + width
                    + " (expected: within the " + row.end() + " hashes of that level)");
        }
        if (first >= row.first()) {
            return row.copy(first, width);
        }
        byte[] tile = older.tile(level, index);
        return width == Tile.WIDTH ? tile : Arrays.copyOf(tile, width * Hash.BYTES);
    }

    /** From now on the tiles of these first volumes are read, not remembered. */
    synchronized void forget(long volumes) {
        rows.get(0).forget(volumes * Volume.RECORDS);
        rows.get(1).forget(volumes * Volume.BUNDLES);
    }
}
