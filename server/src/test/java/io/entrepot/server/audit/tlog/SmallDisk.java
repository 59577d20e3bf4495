package io.entrepot.server.audit.tlog;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** A file on a disk with room for so many bytes more: what fits of a write is written, and then it fails. */
final class SmallDisk extends FileChannel {

    int room = Integer.MAX_VALUE;
    private final FileChannel file;

    SmallDisk(FileChannel file) {
        this.file = file;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
        if (bytes.remaining() <= room) {
            room -= bytes.remaining();
            return file.write(bytes);
        }
        if (room == 0) {
            throw new IOException("No space left on device");
        }
        ByteBuffer some = bytes.duplicate().limit(bytes.position() + room);
        int written = file.write(some);
        bytes.position(some.position());
        room -= written;
        return written;
    }

    @Override
    public int write(ByteBuffer bytes, long position) throws IOException {
        return file.write(bytes, position);
    }

    @Override
    public long write(ByteBuffer[] all, int offset, int length) throws IOException {
        return file.write(all, offset, length);
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return file.read(into);
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
        return file.read(into, position);
    }

    @Override
    public long read(ByteBuffer[] into, int offset, int length) throws IOException {
        return file.read(into, offset, length);
    }

    @Override
    public long position() throws IOException {
        return file.position();
    }

    @Override
    public FileChannel position(long position) throws IOException {
        file.position(position);
        return this;
    }

    @Override
    public long size() throws IOException {
        return file.size();
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        file.truncate(size);
        return this;
    }

    @Override
    public void force(boolean metadata) throws IOException {
        file.force(metadata);
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
        return file.transferTo(position, count, target);
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) throws IOException {
        return file.transferFrom(source, position, count);
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
        return file.map(mode, position, size);
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) throws IOException {
        return file.lock(position, size, shared);
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) throws IOException {
        return file.tryLock(position, size, shared);
    }

    @Override
    protected void implCloseChannel() throws IOException {
        file.close();
    }
}
