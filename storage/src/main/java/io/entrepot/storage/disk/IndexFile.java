package io.entrepot.storage.disk;

import io.entrepot.storage.Incident;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * The index as a file, so that a start need not look at every blob.
 *
 * <pre>
 * "EntIdx1\n"                                       8 bytes; numbers are big endian
 * chunk*    length:int  crc32c:int  entry*          the last chunk has length 0
 * entry     kind:byte  digest:32|64  size:long  stamp:long  used:int  verified:int      57 bytes for sha256
 * kind      0 sha256, 2 sha512; plus 1 if the blob is a manifest
 * </pre>
 *
 * <p>Entries stand in the order of their use; of two for one blob the last one counts. A damaged chunk and what follows it are not read: the directory is the
 * truth, and the sweep finds the rest there.
 */
final class IndexFile {

    private static final long MAGIC =
            ByteBuffer.wrap("EntIdx1\n".getBytes(StandardCharsets.US_ASCII)).getLong();
    private static final String LOST = "when some blobs were used and verified";
    private static final int HEADER = 8;
    private static final int MOST_EXPECTED = 10_000_000;
    private static final int CHUNK = 1 << 20;
    private static final int PIECE = 512;
    private static final int SHORTEST_ENTRY = 1 + 32 + 8 + 8 + 4 + 4;
    private static final int LONGEST_ENTRY = 1 + 64 + 8 + 8 + 4 + 4;

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
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
        long at = write(channel, chunk.putLong(MAGIC).flip(), 0);
        chunk.clear().position(HEADER);
        int[] piece = new int[PIECE];
        index.startWalk();
        for (int count = index.walk(piece); count > 0; count = index.walk(piece)) {
            index.write(piece, count, chunk);
            if (chunk.remaining() < PIECE * LONGEST_ENTRY) {
                at = write(channel, sealed(chunk), at);
                chunk.clear().position(HEADER);
            }
        }
        at = write(channel, sealed(chunk), at);
        write(channel, ByteBuffer.allocate(HEADER), at);
    }

    private long write(FileChannel channel, ByteBuffer bytes, long at) throws IOException {
        int length = bytes.remaining();
        disk.fs().write(channel, bytes, at);
        return at + length;
    }

    private static ByteBuffer sealed(ByteBuffer chunk) {
        int length = chunk.position() - HEADER;
        return chunk.putInt(0, length).putInt(4, checksum(chunk, length)).flip();
    }

    private static int checksum(ByteBuffer chunk, int length) {
        CRC32C crc = new CRC32C();
        crc.update(chunk.slice(HEADER, length));
        return (int) crc.getValue();
    }

    /** Reads what is good in the file; if that is not all, it is reported. */
    synchronized void load() {
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
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
        if (disk.fs().read(channel, chunk.limit(HEADER), 0) < HEADER || chunk.getLong(0) != MAGIC) {
            return false;
        }
        index.expect((int) Math.min(channel.size() / SHORTEST_ENTRY, MOST_EXPECTED));
        long at = HEADER;
        int length = fill(channel, chunk, at);
        while (length > 0) {
            add(chunk);
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

    private void add(ByteBuffer chunk) {
        index.readAll(chunk.flip().position(HEADER));
    }
}
