package io.entrepot.server.audit.tlog;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A log as the plain files of C2SP tlog-tiles, each made when it is asked for: of what is sealed and of what is not yet. A
 * partial tile is the beginning of the full one, so that any width is there that ever was the last. Blocks. Any thread.
 */
public final class TlogFiles {

    private final SealedStore store;
    private final RecordSource records;
    private final Supplier<Tree> tree;

    /** The files of a log that somebody seals at this moment. */
    public TlogFiles(SealedStore store, RecordSource source, Sealer sealer) {
        this(store, source, sealer::tree);
    }

    private TlogFiles(SealedStore store, RecordSource source, Supplier<Tree> tree) {
        this.store = store;
        this.records = new LogRecords(store, source);
        this.tree = tree;
    }

    /** The files of a log that nobody seals now; reads what is not sealed up to the newest checkpoint. */
    public static TlogFiles open(SealedStore store, RecordSource source) throws IOException {
        Tree tree = store.tree();
        Optional<SignedCheckpoint> newest = newest(store);
        if (newest.isPresent() && newest.get().head().size() > tree.size()) {
            new LogRecords(store, source)
                    .read(tree.size(), newest.get().head().size(), (index, record) -> tree.append(Hash.leaf(record)));
        }
        return new TlogFiles(store, source, () -> tree);
    }

    /** The newest checkpoint; empty before the first. */
    public Optional<SignedCheckpoint> newest() throws IOException {
        return newest(store);
    }

    private static Optional<SignedCheckpoint> newest(SealedStore store) throws IOException {
        Optional<byte[]> bytes = LogHead.read(store.directory());
        try {
            return bytes.map(SignedCheckpoint::parse);
        } catch (IllegalArgumentException e) {
            throw new IOException(store.directory().resolve("checkpoint") + ": " + e.getMessage(), e);
        }
    }

    /** The bytes of a file; empty if there is none of this path, not yet or, where records were pruned, not any more. */
    public Optional<byte[]> read(String path) throws IOException {
        Optional<LogPath> named = LogPath.parse(path);
        return named.isEmpty() ? Optional.empty() : read(named.get());
    }

    private Optional<byte[]> read(LogPath path) throws IOException {
        if (path instanceof LogPath.Hashes tile) {
            return has(tile.level(), tile.index(), tile.width())
                    ? Optional.of(tree.get().tile(tile.level(), tile.index(), tile.width()))
                    : Optional.empty();
        }
        if (path instanceof LogPath.Entries bundle) {
            return has(0, bundle.index(), bundle.width()) ? bundle(bundle) : Optional.empty();
        }
        return LogHead.read(store.directory());
    }

    private boolean has(int level, long index, int width) {
        return level <= Tile.TOP
                && index * Tile.WIDTH + width <= Tile.hashes(level, tree.get().size());
    }

    private Optional<byte[]> bundle(LogPath.Entries path) throws IOException {
        long first = path.index() * Tile.WIDTH;
        if (first < store.minimum()) {
            return Optional.empty();
        }
        if (first < store.size()) {
            try (VolumeReader volume = store.volume(first / Volume.RECORDS)) {
                byte[] whole = volume.bundle((int) (path.index() % Volume.BUNDLES));
                return Optional.of(Bundle.first(whole, path.width()));
            }
        }
        ByteArrayOutputStream bundle = new ByteArrayOutputStream();
        records.read(first, first + path.width(), (index, record) -> Bundle.append(bundle, record));
        return Optional.of(bundle.toByteArray());
    }

    /** That this record stands in the log, under the newest checkpoint; @throws IllegalArgumentException if it does not. */
    public RecordProof prove(long index) throws IOException {
        SignedCheckpoint newest = toProve();
        return new RecordProof(index, tree.get().inclusion(index, newest.head().size()), newest);
    }

    /** That the newest checkpoint's log is that of so many records, grown; @throws IllegalArgumentException if it is shorter */
    public GrowthProof proveGrowth(long old) throws IOException {
        SignedCheckpoint newest = toProve();
        return new GrowthProof(old, tree.get().consistency(old, newest.head().size()), newest);
    }

    private SignedCheckpoint toProve() throws IOException {
        return newest().orElseThrow(() -> new IllegalArgumentException("there is no checkpoint yet"));
    }

    /** Writes all files of the newest checkpoint's log under this directory, which a web server can serve as it is. */
    public void export(Path directory) throws IOException {
        SignedCheckpoint newest = newest().orElseThrow(() -> new IOException("there is no checkpoint to export"));
        long size = newest.head().size();
        for (int level = 0; level <= Tile.TOP && Tile.hashes(level, size) > 0; level++) {
            int of = level;
            export(directory, Tile.hashes(level, size), 0, (index, width) -> new LogPath.Hashes(of, index, width));
        }
        export(directory, size, store.minimum() / Tile.WIDTH, LogPath.Entries::new);
        write(directory, new LogPath.Newest(), newest.bytes());
    }

    private interface Named {
        LogPath path(long index, int width);
    }

    private void export(Path directory, long hashes, long from, Named named) throws IOException {
        for (long index = from; index * Tile.WIDTH < hashes; index++) {
            LogPath path = named.path(index, (int) Math.min(Tile.WIDTH, hashes - index * Tile.WIDTH));
            byte[] bytes = read(path).orElseThrow(() -> new IOException(path + " is not there"));
            write(directory, path, bytes);
        }
    }

    private static void write(Path directory, LogPath path, byte[] bytes) throws IOException {
        Path file = directory.resolve(path.toString());
        Files.createDirectories(Durable.parent(file));
        Files.write(file, bytes);
    }
}
