package io.entrepot.server.audit.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;

/** Passes every file operation on, for a subclass to step between. */
class WrappedFs implements JournalFs {

    private final JournalFs inner;

    WrappedFs(JournalFs inner) {
        this.inner = inner;
    }

    /** A real disk that does not wait for the platter: for tests that open hundreds of journals. */
    static JournalFs quick() {
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
    public void force(FileChannel file, boolean metadata) throws IOException {
        inner.force(file, metadata);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        inner.move(from, to);
    }

    @Override
    public boolean mkdir(Path directory) throws IOException {
        return inner.mkdir(directory);
    }

    @Override
    public boolean delete(Path file) throws IOException {
        return inner.delete(file);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        inner.forceDirectory(directory);
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
