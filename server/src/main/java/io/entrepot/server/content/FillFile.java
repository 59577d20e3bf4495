package io.entrepot.server.content;

import io.entrepot.oci.Digest;
import io.entrepot.oci.RegistryException;
import io.entrepot.server.content.BlobStream.Chunk;
import io.entrepot.storage.BlobStore;
import io.entrepot.storage.BlobWriter;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;

/** The file that a fill writes: by one thread at a time, and by nobody once it is closed. What writes or closes may block. */
final class FillFile {

    private static final ThreadLocal<ByteBuffer> JOINED =
            ThreadLocal.withInitial(() -> ByteBuffer.allocate(Intake.ALIGNED));

    private final BlobWriter writer;
    /** Guarded by this. */
    private boolean closed;
    /** Where the bytes belong that are being joined; guarded by this. */
    private long start;

    private FillFile(BlobWriter writer) {
        this.writer = writer;
    }

    /** Makes room for the whole and begins the file. @throws io.entrepot.storage.StoreFullException if there is no room */
    static FillFile reserve(BlobStore blobs, Digest digest, long size) throws IOException {
        return new FillFile(blobs.create(digest, size));
    }

    /** The same, if there is room without evicting anything. */
    static FillFile reserveFree(BlobStore blobs, Digest digest, long size) throws IOException {
        return new FillFile(blobs.createWithoutEvicting(digest, size));
    }

    Digest digest() {
        return writer.digest();
    }

    long size() {
        return writer.size();
    }

    /** Bytes from 0 on that are there. */
    long prefix() {
        return writer.prefix();
    }

    /** Bytes from a position on that are there without a gap. */
    long available(long position) {
        return writer.available(position);
    }

    FileChannel channel() {
        return writer.channel();
    }

    /** Appends what is new, and compares what is there already with what came again. True if nothing is missing any more. */
    synchronized boolean append(List<Chunk> chunks) throws IOException {
        ByteBuffer joined = JOINED.get().clear();
        for (Chunk chunk : chunks) {
            add(chunk, joined);
        }
        flush(joined);
        return prefix() == size();
    }

    private void add(Chunk chunk, ByteBuffer joined) throws IOException {
        ByteBuf bytes = chunk.bytes();
        long end = chunk.position() + bytes.readableBytes();
        if (end > size()) {
            throw new RegistryException.BadUpstream(digest() + " is longer than " + size() + " bytes");
        }
        if (chunk.position() != start + joined.position()) {
            flush(joined);
        }
        int repeated = (int) Math.max(0, Math.min(prefix(), end) - chunk.position());
        if (repeated > 0 && !writer.agrees(chunk.position(), bytes.nioBuffer(bytes.readerIndex(), repeated))) {
            throw new RegistryException.BadUpstream(digest() + " came again with other bytes");
        }
        if (joined.position() == 0) {
            start = chunk.position() + repeated;
        }
        join(bytes.nioBuffer(bytes.readerIndex() + repeated, bytes.readableBytes() - repeated), joined);
    }

    private void join(ByteBuffer fresh, ByteBuffer joined) throws IOException {
        while (fresh.hasRemaining()) {
            int length = Math.min(fresh.remaining(), joined.remaining());
            joined.put(fresh.slice(fresh.position(), length));
            fresh.position(fresh.position() + length);
            if (!joined.hasRemaining()) {
                flush(joined);
            }
        }
    }

    /** By position: an extent that was fetched ahead may join the prefix in the middle, and is skipped then. */
    private void flush(ByteBuffer joined) throws IOException {
        int length = joined.flip().remaining();
        if (length > 0) {
            writer.write(start, joined);
            start += length;
        }
        joined.clear();
    }

    /** Writes somewhere beyond the prefix; nothing happens if the file is closed already. */
    synchronized void write(long position, ByteBuffer bytes) throws IOException {
        if (!closed) {
            writer.write(position, bytes);
        }
    }

    synchronized boolean verify() {
        return writer.verify();
    }

    synchronized void commit() throws IOException {
        writer.commit();
    }

    synchronized void close() throws IOException {
        closed = true;
        writer.close();
    }
}
