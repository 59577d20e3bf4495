package io.entrepot.server.audit.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A disk on which the n-th operation fails, and all after it if the fault persists; a write fails half way. */
final class FaultyFs extends WrappedFs {

    static final String EIO = "Input/output error";
    static final String ENOSPC = "No space left on device";

    private final int failing;
    private final boolean persists;
    private final String error;
    private final AtomicInteger count = new AtomicInteger();
    private volatile boolean healed;
    private volatile boolean failed;

    FaultyFs(JournalFs inner, int failing, boolean persists, String error) {
        super(inner);
        this.failing = failing;
        this.persists = persists;
        this.error = error;
    }

    /** From now on nothing fails. */
    void heal() {
        healed = true;
    }

    /** True if anything failed at all. */
    boolean hasFailed() {
        return failed;
    }

    private boolean fails() {
        int number = count.incrementAndGet();
        boolean fails = !healed && (persists ? number >= failing : number == failing);
        failed |= fails;
        return fails;
    }

    private void check(Path path) throws IOException {
        if (fails()) {
            throw new FileSystemException(path.toString(), null, error);
        }
    }

    private void check() throws IOException {
        if (fails()) {
            throw new IOException(error);
        }
    }

    /** A full disk still reads and deletes. */
    private void checkReading(Path path) throws IOException {
        if (error.equals(EIO)) {
            check(path);
        }
    }

    @Override
    public FileChannel create(Path file) throws IOException {
        check(file);
        return super.create(file);
    }

    @Override
    public FileChannel open(Path file) throws IOException {
        checkReading(file);
        return super.open(file);
    }

    @Override
    public FileChannel openForWriting(Path file) throws IOException {
        checkReading(file);
        return super.openForWriting(file);
    }

    @Override
    public void write(FileChannel file, ByteBuffer bytes, long position) throws IOException {
        if (fails()) {
            ByteBuffer half = bytes.slice(bytes.position(), bytes.remaining() / 2);
            super.write(file, half, position);
            bytes.position(bytes.position() + half.limit());
            throw new IOException(error);
        }
        super.write(file, bytes, position);
    }

    @Override
    public int read(FileChannel file, ByteBuffer into, long position) throws IOException {
        if (error.equals(EIO)) {
            check();
        }
        return super.read(file, into, position);
    }

    @Override
    public void force(FileChannel file, boolean metadata) throws IOException {
        check();
        super.force(file, metadata);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        check(from);
        super.move(from, to);
    }

    @Override
    public boolean delete(Path file) throws IOException {
        checkReading(file);
        return super.delete(file);
    }

    @Override
    public boolean mkdir(Path directory) throws IOException {
        check(directory);
        return super.mkdir(directory);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        check(directory);
        super.forceDirectory(directory);
    }

    @Override
    public List<Path> list(Path directory) throws IOException {
        checkReading(directory);
        return super.list(directory);
    }
}
