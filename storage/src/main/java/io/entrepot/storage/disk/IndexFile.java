package io.entrepot.storage.disk;

import io.entrepot.storage.Incident;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * The index as a file, so that a start need not look at every blob.
 *
 * <pre>
 * "EntIdx2\n"                          8 bytes
 * chunk*    length:int  crc32c:int  the bytes of a {@link BlobRows}; numbers are little endian
 * end       0:int  0:int
 * </pre>
 *
 * <p>Blobs stand in the order of their use; of two rows for one blob the last one counts. A damaged chunk and what follows
 * it are not read: the directory is the truth, and the sweep finds the rest there.
 */
final class IndexFile {

    private static final long MAGIC = ByteBuffer.wrap("EntIdx2\n".getBytes(StandardCharsets.US_ASCII))
            .order(ByteOrder.LITTLE_ENDIAN)
            .getLong();
    private static final String LOST = "when some blobs were used and verified";
    private static final int HEADER = 8;
    private static final int MOST_EXPECTED = 10_000_000;
    private static final int CHUNK = HEADER + BlobRows.MOST_BYTES;
    private static final int PIECE = 512;
    private static final int SHORTEST_ENTRY = 57;

    private final Disk disk;
    private final BlobIndex index;
    private final Path file;
    private final Path fresh;
    private long saved = -1;

    IndexFile(Disk disk, BlobIndex index) {
        this.disk = disk;
        this.index = index;
        this.file = disk.layout().index();
        this.fresh = disk.layout().temporary().resolve("index.new");
    }

    /** Writes the index if it changed since. */
    synchronized void save() throws IOException {
        long changes = index.changes();
        if (changes == saved) {
            return;
        }
        disk.fs().delete(fresh);
        Replace.file(disk.fs(), fresh, file, this::write);
        saved = changes;
    }

    private void write(FileChannel channel) throws IOException {
        BlobRows rows = new BlobRows();
        ByteBuffer chunk = chunk();
        long at = write(channel, chunk.putLong(MAGIC).flip(), 0);
        int[] piece = new int[PIECE];
        index.startWalk();
        for (int count = index.walk(piece); count > 0; count = index.walk(piece)) {
            index.copy(piece, count, rows);
            if (rows.room() < PIECE) {
                at = write(channel, sealed(rows, chunk), at);
                rows.clear();
            }
        }
        at = write(channel, sealed(rows, chunk), at);
        write(channel, chunk.clear().putLong(0).flip(), at);
    }

    private static ByteBuffer chunk() {
        return ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
    }

    private long write(FileChannel channel, ByteBuffer bytes, long at) throws IOException {
        int length = bytes.remaining();
        disk.fs().write(channel, bytes, at);
        return at + length;
    }

    private static ByteBuffer sealed(BlobRows rows, ByteBuffer chunk) {
        rows.writeTo(chunk.clear().position(HEADER));
        int length = chunk.position() - HEADER;
        return chunk.putInt(0, length).putInt(4, checksum(chunk, length)).flip();
    }

    private static int checksum(ByteBuffer chunk, int length) {
        CRC32C crc = new CRC32C();
        crc.update(chunk.slice(HEADER, length));
        return (int) crc.getValue();
    }

    /** Reads what is good in the file; if that is not all, it is reported. Until its end nobody can look into the index. */
    void load() {
        load(() -> {});
    }

    /** @param holding run once nobody else can look into the index any more */
    synchronized void load(Runnable holding) {
        synchronized (index) {
            holding.run();
            readAll();
        }
    }

    private void readAll() {
        try {
            if (disk.fs().stat(file).isPresent() && !read()) {
                disk.incidents().report(new Incident.Unreadable("index", LOST));
            }
        } catch (IOException e) {
            disk.incidents().report(new Incident.Unreadable("index: " + e.getMessage(), LOST));
        }
        saved = index.changes();
    }

    private boolean read() throws IOException {
        try (FileChannel channel = disk.fs().open(file)) {
            return read(channel);
        }
    }

    private boolean read(FileChannel channel) throws IOException {
        ByteBuffer chunk = chunk();
        if (disk.fs().read(channel, chunk.limit(HEADER), 0) < HEADER || chunk.getLong(0) != MAGIC) {
            return false;
        }
        index.expect((int) Math.min(channel.size() / SHORTEST_ENTRY, MOST_EXPECTED));
        BlobRows rows = new BlobRows();
        long at = HEADER;
        int length = fill(channel, chunk, at);
        while (length > 0 && rows.readFrom(chunk.flip().position(HEADER))) {
            index.addAll(rows);
            at += HEADER + length;
            length = fill(channel, chunk, at);
        }
        return length == 0;
    }

    /** Reads one chunk to where it can be used; its length, 0 for the last, -1 if it is damaged. */
    private int fill(FileChannel channel, ByteBuffer chunk, long at) throws IOException {
        if (disk.fs().read(channel, chunk.clear().limit(HEADER), at) < HEADER) {
            return -1;
        }
        int length = chunk.getInt(0);
        int crc = chunk.getInt(4);
        if (length <= 0 || length > CHUNK - HEADER) {
            return length == 0 && crc == 0 ? 0 : -1;
        }
        int read = disk.fs().read(channel, chunk.limit(HEADER + length), at + HEADER);
        return read == length && checksum(chunk, length) == crc ? length : -1;
    }
}
