package io.entrepot.server.audit.tlog;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The directory of what is sealed. Any thread reads; one seals and prunes.
 *
 * <pre>
 *   0000002a.entries   the records of volume 42 ({@link VolumeIndex})
 *   0000002a.hashes    their hashes: 256 tiles of level 0, one after another
 *   tree/1, tree/2     all hashes of tiles at level 1 (one for 256 records) and 2 (one for a volume); derivable
 *   minimum            the first record that is kept, if some were pruned
 * </pre>
 */
public final class SealedStore implements FullTiles {

    private static final int VOLUME_TILES = Volume.BUNDLES * Tile.BYTES;

    private final Path directory;
    private final boolean written;
    private volatile long volumes;
    private volatile long minimum;
    private @Nullable VolumeWriter begun; // the thread that seals

    /** @param written whether volumes come by this object alone; else somebody else may seal more at any time */
    private SealedStore(Path directory, boolean written) throws IOException {
        this.directory = directory;
        this.written = written;
        look();
    }

    private void look() throws IOException {
        minimum = readMinimum();
        volumes = count();
    }

    /** Opens or makes it, deletes what is unfinished, derives what is derivable and not there. */
    public static SealedStore open(Path directory) throws IOException {
        Files.createDirectories(directory.resolve("tree"));
        SealedStore store = new SealedStore(directory, true);
        store.sweep();
        if (!store.treeStands()) {
            store.deriveTree();
        }
        return store;
    }

    /** Opens what is there, be it nothing, and changes nothing. */
    public static SealedStore read(Path directory) throws IOException {
        return new SealedStore(directory, false);
    }

    private long readMinimum() throws IOException {
        Path file = directory.resolve("minimum");
        if (!Files.exists(file)) {
            return 0;
        }
        try {
            return Bytes.decimal(
                    Files.readString(file, StandardCharsets.US_ASCII).strip());
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /** Volumes, whether or not each of them is whole: what is missing among them is to be seen, not sealed again. */
    private long count() throws IOException {
        long count = minimum / Volume.RECORDS;
        if (!Files.isDirectory(directory)) {
            return count;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.entries")) {
            for (Path file : files) {
                count = Math.max(count, volumeOf(file).orElse(-1) + 1);
            }
        }
        return count;
    }

    /** The number of the volume whose records lie in this file, if it is such a file. */
    private static OptionalLong volumeOf(Path file) {
        String name = file.getFileName().toString();
        return name.matches("[0-9a-f]{8}\\.entries")
                ? OptionalLong.of(Long.parseLong(name.substring(0, 8), 16))
                : OptionalLong.empty();
    }

    /** What is unfinished, and records that were to go when whoever pruned them died. */
    private void sweep() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + Durable.UNFINISHED)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.entries")) {
            for (Path file : files) {
                OptionalLong volume = volumeOf(file);
                if (volume.isPresent() && volume.getAsLong() < minimum / Volume.RECORDS) {
                    Files.delete(file);
                }
            }
        }
    }

    /** Whether this record is sealed by now. */
    boolean reaches(long index) throws IOException {
        if (index >= size() && !written) {
            look();
        }
        return index < size();
    }

    /** Records below this index are sealed. */
    public long size() {
        return volumes * Volume.RECORDS;
    }

    /** Records below this index were pruned. */
    public long minimum() {
        return minimum;
    }

    /** Where this log lies. */
    public Path directory() {
        return directory;
    }

    Path entries(long volume) {
        return directory.resolve(String.format("%08x.entries", volume));
    }

    Path hashes(long volume) {
        return directory.resolve(String.format("%08x.hashes", volume));
    }

    private Path row(int level) {
        return directory.resolve("tree").resolve(Integer.toString(level));
    }

    /** The tree as far as it is sealed. */
    Tree tree() throws IOException {
        List<Hash> roots = new ArrayList<>();
        if (volumes > 0) {
            byte[] row = read(row(2), 0, Math.toIntExact(volumes * Hash.BYTES));
            for (int i = 0; i < volumes; i++) {
                roots.add(Hash.at(row, i * Hash.BYTES));
            }
        }
        return Tree.of(this, roots);
    }

    @Override
    public byte[] tile(int level, long index) throws IOException {
        return switch (level) {
            case 0 -> read(hashes(index / Volume.BUNDLES), index % Volume.BUNDLES * Tile.BYTES, Tile.BYTES);
            case 1 -> read(row(1), index * Tile.BYTES, Tile.BYTES);
            default -> throw new IOException("tile " + level + "/" + index + " is kept in memory alone");
        };
    }

    static byte[] read(Path path, long position, int count) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            return Durable.read(file, position, count);
        } catch (IOException e) {
            throw new IOException(path + ": " + e.getMessage(), e);
        }
    }

    /** The records of a volume; @throws IOException if they are not there, or were pruned. */
    VolumeReader volume(long volume) throws IOException {
        return VolumeReader.open(entries(volume), volume * Volume.RECORDS);
    }

    /**
     * Writes a record, whose hash the tree has already, into the volume in progress while it is at hand: then {@link #seal} need
     * not read it again. If it cannot be written, the volume is begun anew when it is sealed.
     */
    void take(long index, byte[] record, Hash leaf, Tree tree) throws IOException {
        try {
            if (begun == null && index == size()) {
                begun = begin(tree);
            }
            VolumeWriter writer = begun;
            if (writer != null && writer.next() == index && !writer.isFull()) {
                writer.take(index, record, leaf);
            }
        } catch (IOException | RuntimeException e) {
            giveUp();
            throw e;
        }
    }

    private VolumeWriter begin(Tree tree) throws IOException {
        return new VolumeWriter(entries(volumes), hashes(volumes), size(), tree);
    }

    /** The volume in progress is not gone on with. */
    void giveUp() throws IOException {
        VolumeWriter writer = begun;
        begun = null;
        if (writer != null) {
            writer.close();
        }
    }

    /** Seals the next volume; when this returns, its records are on this disk twice, and need not be elsewhere. */
    void seal(RecordSource source, Tree tree) throws IOException {
        try {
            VolumeWriter writer = begun == null ? begin(tree) : begun;
            begun = writer;
            source.read(writer.next(), size() + Volume.RECORDS, writer);
            writer.commit();
        } finally {
            giveUp();
        }
        byte[] above = tree.tile(1, volumes, Tile.WIDTH);
        writeRows(volumes, above);
        long sealed = volumes + 1;
        volumes = sealed;
        tree.forget(sealed);
    }

    private void writeRows(long volume, byte[] above) throws IOException {
        write(row(1), volume * Tile.BYTES, above);
        write(row(2), volume * Hash.BYTES, Hash.root(above, 0, Tile.WIDTH).bytes());
    }

    private static void write(Path path, long position, byte[] bytes) throws IOException {
        try (FileChannel file = Durable.openOrCreate(path)) {
            file.position(position);
            Durable.write(file, ByteBuffer.wrap(bytes));
            file.force(true);
        }
    }

    private boolean treeStands() throws IOException {
        boolean sized = size(row(1)) == volumes * Tile.BYTES && size(row(2)) == volumes * Hash.BYTES;
        return sized
                && (volumes == 0
                        || Hash.at(read(row(2), (volumes - 1) * Hash.BYTES, Hash.BYTES), 0)
                                .equals(Hash.root(tile(1, volumes - 1), 0, Tile.WIDTH)));
    }

    private static long size(Path file) throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }

    /** Makes the upper tiles again from the hashes of the records. */
    void deriveTree() throws IOException {
        giveUp();
        Files.deleteIfExists(row(1));
        Files.deleteIfExists(row(2));
        for (long volume = 0; volume < volumes; volume++) {
            byte[] tiles = read(hashes(volume), 0, VOLUME_TILES);
            byte[] above = new byte[Tile.BYTES];
            for (int i = 0; i < Volume.BUNDLES; i++) {
                Hash.root(tiles, i * Tile.BYTES, Tile.WIDTH).into(above, i * Hash.BYTES);
            }
            writeRows(volume, above);
        }
    }

    /**
     * Deletes the records of volumes that are wholly below this index, and keeps their hashes, so that what was proved stays
     * provable. Returns the first record that is kept.
     */
    public synchronized long prune(long below) throws IOException {
        long keep = Math.min(below, size()) / Volume.RECORDS * Volume.RECORDS;
        if (keep > minimum) {
            long from = minimum / Volume.RECORDS;
            Durable.replace(directory.resolve("minimum"), (keep + "\n").getBytes(StandardCharsets.US_ASCII));
            minimum = keep;
            for (long volume = from; volume < keep / Volume.RECORDS; volume++) {
                Files.deleteIfExists(entries(volume));
            }
        }
        return minimum;
    }
}
