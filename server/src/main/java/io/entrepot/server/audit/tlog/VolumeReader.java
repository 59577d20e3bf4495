package io.entrepot.server.audit.tlog;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.List;

/** The entries of one sealed volume. One thread. Every error names the file. */
final class VolumeReader implements AutoCloseable {

    private final Path path;
    private final FileChannel file;
    private final VolumeIndex index;
    private final ZstdDecompressCtx zstd = new ZstdDecompressCtx();

    private VolumeReader(Path path, FileChannel file, VolumeIndex index) {
        this.path = path;
        this.file = file;
        this.index = index;
    }

    static VolumeReader open(Path path, long firstRecord) throws IOException {
        FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
        try {
            return new VolumeReader(path, file, VolumeIndex.read(file, firstRecord));
        } catch (IOException e) {
            file.close();
            throw new IOException(path + ": " + e.getMessage(), e);
        }
    }

    /** A bundle, 0 to 255. */
    byte[] bundle(int number) throws IOException {
        int length = (int) (index.offsets()[number + 1] - index.offsets()[number]);
        try {
            byte[] frame = Durable.read(file, index.offsets()[number], length);
            byte[] bundle = zstd.decompress(frame, index.plain()[number]);
            if (bundle.length != index.plain()[number]) {
                throw new IOException("bytes: " + bundle.length + " (expected: " + index.plain()[number] + ")");
            }
            return bundle;
        } catch (IOException | ZstdException e) {
            throw new IOException(path + ", bundle " + number + ": " + e.getMessage(), e);
        }
    }

    /** The 256 records of a bundle. */
    List<byte[]> records(int number) throws IOException {
        try {
            List<byte[]> records = Bundle.records(bundle(number));
            if (records.size() == Tile.WIDTH) {
                return records;
            }
            throw new IllegalArgumentException(records.size() + " records (expected: " + Tile.WIDTH + ")");
        } catch (IllegalArgumentException e) {
            throw new IOException(path + ", bundle " + number + ": " + e.getMessage(), e);
        }
    }

    /** Hashes the whole file; @throws IOException if it is not the one that was written. */
    void check() throws IOException {
        MessageDigest digest = Hasher.sha256();
        long end = file.size() - VolumeIndex.BYTES + VolumeIndex.BEFORE_HASH;
        int chunk = 1 << 20;
        for (long at = 0; at < end; at += chunk) {
            digest.update(ByteBuffer.wrap(Durable.read(file, at, (int) Math.min(chunk, end - at))));
        }
        if (!MessageDigest.isEqual(digest.digest(), index.sha256())) {
            throw new IOException(path + ": its SHA-256 is not the one at its end");
        }
    }

    @Override
    public void close() throws IOException {
        zstd.close();
        file.close();
    }
}
