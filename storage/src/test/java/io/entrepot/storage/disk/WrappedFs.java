package io.entrepot.storage.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Passes every file operation on, for a subclass to step between. */
class WrappedFs implements StorageFs {

    private final StorageFs inner;

    WrappedFs(StorageFs inner) {
        this.inner = inner;
    }

    /** A real disk that does not wait for the platter: for tests that open hundreds of stores. */
    static StorageFs quick() {
        return new WrappedFs(new NioFs()) {
            @Override
            public void force(FileChannel file, boolean metadata) {}

            @Override
            public void forceDirectory(Path directory) {}
        };
    }

    @Override
    public FileChannel create(Path file) throws IOException {
        return inner.create(file);
    }

    @Override
    public FileChannel open(Path file) throws IOException {
        return inner.open(file);
    }

    @Override
    public FileChannel openForWriting(Path file) throws IOException {
        return inner.openForWriting(file);
    }

    @Override
    public void write(FileChannel file, ByteBuffer bytes, long position) throws IOException {
        inner.write(file, bytes, position);
    }

    @Override
    public int read(FileChannel file, ByteBuffer into, long position) throws IOException {
        return inner.read(file, into, position);
    }

    @Override
    public void truncate(FileChannel file, long size) throws IOException {
        inner.truncate(file, size);
    }

    @Override
    public void force(FileChannel file, boolean metadata) throws IOException {
        inner.force(file, metadata);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        inner.move(from, to);
    }

    @Override
    public boolean delete(Path file) throws IOException {
        return inner.delete(file);
    }

    @Override
    public boolean mkdir(Path directory) throws IOException {
        return inner.mkdir(directory);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        inner.forceDirectory(directory);
    }

    @Override
    public Optional<Stat> stat(Path path) throws IOException {
        return inner.stat(path);
    }

    @Override
    public List<Path> list(Path directory) throws IOException {
        return inner.list(directory);
    }

    @Override
    public long free(Path path) throws IOException {
        return inner.free(path);
    }
}
