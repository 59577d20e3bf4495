package io.entrepot.server.audit.tlog;

import com.github.luben.zstd.ZstdCompressCtx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;

/** Writes one volume from its records, each of which must still have the hash that the tree has of it. */
final class VolumeWriter implements RecordSource.Taker, AutoCloseable {

    /** Above it, records get little smaller and take much longer. */
    private static final int LEVEL = 3;

    private final long first;
    private final Tree tree;
    private final Path entries;
    private final Path hashes;
    private final FileChannel entriesFile;
    private final FileChannel hashesFile;
    private final ZstdCompressCtx zstd;
    private final MessageDigest digest = Hasher.sha256();
    private final ByteArrayOutputStream bundle = new ByteArrayOutputStream(1 << 18);
    private final byte[] tile = new byte[Tile.BYTES];
    private final int[] frames = new int[Volume.BUNDLES];
    private final int[] bundles = new int[Volume.BUNDLES];
    private long next;

    /** Begins with empty files, which have their names only when they are whole. */
    VolumeWriter(Path entries, Path hashes, long first, Tree tree) throws IOException {
        this.first = first;
        this.next = first;
        this.tree = tree;
        this.entries = entries;
        this.hashes = hashes;
        Files.deleteIfExists(Durable.unfinished(entries));
        Files.deleteIfExists(Durable.unfinished(hashes));
        this.entriesFile = Durable.create(Durable.unfinished(entries));
        this.hashesFile = Durable.create(Durable.unfinished(hashes));
        this.zstd = new ZstdCompressCtx().setLevel(LEVEL).setChecksum(true).setContentSize(true);
    }

    /** The index of the record that it takes next. */
    long next() {
        return next;
    }

    boolean isFull() {
        return next == first + Volume.RECORDS;
    }

    @Override
    public void take(long index, byte[] record) throws IOException {
        take(index, record, Hash.leaf(record));
    }

    /** Takes a record with this hash. */
    void take(long index, byte[] record, Hash leaf) throws IOException {
        if (index != next) {
            throw new IOException("record " + index + " came (expected: " + next + ")");
        }
        Bundle.append(bundle, record);
        leaf.into(tile, (int) (index % Tile.WIDTH) * Hash.BYTES);
        next++;
        if (next % Tile.WIDTH == 0) {
            finishBundle((int) ((index - first) / Tile.WIDTH));
        }
    }

    private void finishBundle(int number) throws IOException {
        byte[] known = tree.tile(0, first / Tile.WIDTH + number, Tile.WIDTH);
        int wrong = Arrays.mismatch(known, tile);
        if (wrong >= 0) {
            throw new RecordChanged(first + (long) number * Tile.WIDTH + wrong / Hash.BYTES);
        }
        Durable.write(hashesFile, ByteBuffer.wrap(tile));
        byte[] frame = zstd.compress(bundle.toByteArray());
        frames[number] = frame.length;
        bundles[number] = bundle.size();
        bundle.reset();
        write(frame);
    }

    private void write(byte[] bytes) throws IOException {
        digest.update(bytes);
        Durable.write(entriesFile, ByteBuffer.wrap(bytes));
    }

    /** Has both files on the disk, reads them back, and only then gives them their names: the entries' is the last. */
    void commit() throws IOException {
        if (!isFull()) {
            throw new IOException(
                    "the volume ends at record " + next + " (expected: " + (first + Volume.RECORDS) + ")");
        }
        write(VolumeIndex.head(first, frames, bundles));
        Durable.write(entriesFile, ByteBuffer.wrap(VolumeIndex.foot(digest.digest())));
        entriesFile.force(true);
        hashesFile.force(true);
        readBack();
        Durable.move(Durable.unfinished(hashes), hashes);
        Durable.move(Durable.unfinished(entries), entries);
        Durable.forceDirectory(Durable.parent(entries));
    }

    private void readBack() throws IOException {
        try (VolumeReader reader = VolumeReader.open(Durable.unfinished(entries), first)) {
            reader.check();
        }
        for (int i = 0; i < Volume.BUNDLES; i++) {
            byte[] read = Durable.read(hashesFile, (long) i * Tile.BYTES, Tile.BYTES);
            if (!Arrays.equals(read, tree.tile(0, first / Tile.WIDTH + i, Tile.WIDTH))) {
                throw new IOException(hashes + ": tile " + i + " is not the one that was written");
            }
        }
    }

    @Override
    public void close() throws IOException {
        zstd.close();
        entriesFile.close();
        hashesFile.close();
    }
}
