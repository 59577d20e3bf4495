package io.entrepot.storage.disk;

import io.entrepot.oci.Digest;
import io.entrepot.storage.BlobWriter;
import io.entrepot.storage.disk.OpenFiles.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A blob that grows in a temporary file.
 *
 * <pre>
 * writing ── all bytes there, digest agrees ──► verified ── commit ──► committed: the store owns file and channel
 *    └── close: the temporary file is deleted ◄────┘
 * </pre>
 */
final class DiskWriter implements BlobWriter {

    /** Bytes after which the file is forced, so that the commit of a large blob has little left to wait for. */
    static final long FORCE_STEP = 64L << 20;

    private static final int CHUNK = 128 * 1024;

    private final DiskBlobs blobs;
    private final StorageFs fs;
    private final Digest digest;
    private final long size;
    private final Path file;
    private final FileChannel channel;
    private final MessageDigest hash;
    private final Extents extents = new Extents();
    private final byte[] chunk;
    private volatile long prefix;
    private long written;
    private long unforced;
    private boolean forceFailed;
    private boolean verified;
    private boolean hashed;
    private boolean committed;
    private boolean closed;
    private @Nullable OpenFile published;

    DiskWriter(DiskBlobs blobs, StorageFs fs, Digest digest, long size, Path file) throws IOException {
        this.blobs = blobs;
        this.fs = fs;
        this.digest = digest;
        this.size = size;
        this.file = file;
        this.hash = digest.algorithm().newHash();
        this.chunk = new byte[(int) Math.min(CHUNK, Math.max(size, 1))];
        this.channel = fs.create(file);
    }

    @Override
    public Digest digest() {
        return digest;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void append(ByteBuffer bytes) throws IOException {
        write(prefix, bytes);
    }

    @Override
    public void write(long position, ByteBuffer bytes) throws IOException {
        if (position < 0 || bytes.remaining() > size - position) {
            throw new IllegalArgumentException(digest + ": bytes " + position + " to " + (position + bytes.remaining())
                    + " (expected: 0 to " + size + ")");
        }
        long at = position;
        while (bytes.hasRemaining()) {
            at += step(at, bytes);
        }
        forceInSteps();
    }

    /** Skips what is there already or writes up to what is there already; returns how far it came. */
    private long step(long at, ByteBuffer bytes) throws IOException {
        long there = available(at);
        if (there > 0) {
            int skipped = (int) Math.min(there, bytes.remaining());
            bytes.position(bytes.position() + skipped);
            return skipped;
        }
        int length = (int) Math.min(extents.nextAfter(at) - at, bytes.remaining());
        put(at, bytes, length);
        return length;
    }

    /** Whatever was written counts, also when the disk was full in the middle of it. */
    private void put(long at, ByteBuffer bytes, int length) throws IOException {
        ByteBuffer part = bytes.slice(bytes.position(), length);
        try {
            fs.write(channel, part, at);
        } catch (IOException e) {
            throw blobs.explained(e);
        } finally {
            int done = part.position();
            bytes.position(bytes.position() + done);
            count(done);
            take(at, part.flip());
        }
    }

    private void count(int done) {
        written += done;
        unforced += done;
        blobs.space().written(done);
    }

    private void take(long at, ByteBuffer part) throws IOException {
        if (!part.hasRemaining()) {
            return;
        }
        if (at == prefix) {
            hash(part);
            join();
        } else {
            extents.add(at, at + part.remaining());
        }
    }

    /** A direct buffer goes through the heap in pieces: the JDK's hash would copy it too, in smaller ones. */
    private void hash(ByteBuffer part) {
        int length = part.remaining();
        if (part.hasArray()) {
            hash.update(part.array(), part.arrayOffset() + part.position(), length);
        } else {
            while (part.hasRemaining()) {
                int piece = Math.min(chunk.length, part.remaining());
                part.get(chunk, 0, piece);
                hash.update(chunk, 0, piece);
            }
        }
        long end = prefix + length;
        prefix = end;
    }

    /** Hashes the extent that begins where the prefix ends now, if there is one. */
    private void join() throws IOException {
        long end = extents.endAt(prefix);
        while (prefix < end) {
            ByteBuffer part = ByteBuffer.wrap(chunk, 0, (int) Math.min(chunk.length, end - prefix));
            if (fs.read(channel, part, prefix) < part.limit()) {
                throw new IOException(file + " ends before " + end);
            }
            hash(part.flip());
        }
        extents.dropBefore(prefix);
    }

    private void forceInSteps() throws IOException {
        if (unforced >= FORCE_STEP) {
            force(false);
        }
    }

    /** After a failure the system may have dropped the pages, and the next force would lie: this file is lost. */
    private void force(boolean metadata) throws IOException {
        if (forceFailed) {
            throw new IOException(digest + ": an earlier force of its file failed");
        }
        forceFailed = true;
        try {
            fs.force(channel, metadata);
        } catch (IOException e) {
            throw blobs.explained(e);
        }
        forceFailed = false;
        unforced = 0;
    }

    @Override
    public boolean agrees(long position, ByteBuffer bytes) throws IOException {
        ByteBuffer rest = bytes.duplicate();
        long at = position;
        while (rest.hasRemaining()) {
            long there = available(at);
            long gap = there > 0 ? 0 : extents.nextAfter(at) - at;
            int length = (int) Math.min(Math.min(Math.max(there, gap), rest.remaining()), CHUNK);
            if (there > 0 && !isThere(at, rest.slice(rest.position(), length))) {
                return false;
            }
            rest.position(rest.position() + length);
            at += length;
        }
        return true;
    }

    private boolean isThere(long at, ByteBuffer expected) throws IOException {
        ByteBuffer actual = ByteBuffer.allocate(expected.remaining());
        fs.read(channel, actual, at);
        return actual.flip().equals(expected);
    }

    @Override
    public long prefix() {
        return prefix;
    }

    @Override
    public long available(long position) {
        long end = prefix;
        return position < end ? end - position : extents.endAt(position) - position;
    }

    @Override
    public FileChannel channel() {
        return channel;
    }

    @Override
    public boolean verify() {
        if (!hashed && prefix == size) {
            verified = MessageDigest.isEqual(hash.digest(), HexFormat.of().parseHex(digest.hex()));
            hashed = true;
        }
        return verified;
    }

    @Override
    public void commit() throws IOException {
        if (!verified) {
            throw new IllegalStateException(digest + " is not verified (expected: verify() was true before commit())");
        }
        if (committed) {
            return;
        }
        force(true);
        blobs.publish(digest, size, file, channel).ifPresent(mine -> published = mine);
        committed = true;
        blobs.space().release(size, 0);
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try {
            end();
        } finally {
            blobs.ended(file);
        }
    }

    private void end() throws IOException {
        if (!committed) {
            blobs.space().release(size, size - written);
        }
        OpenFile mine = published;
        if (mine != null) {
            blobs.release(mine);
        } else {
            discard();
        }
    }

    private void discard() throws IOException {
        try (channel) {
            fs.delete(file);
        }
    }
}
