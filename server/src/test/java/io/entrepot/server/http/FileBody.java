package io.entrepot.server.http;

import io.entrepot.server.content.Body;
import io.entrepot.server.content.BodyReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** A blob in a file, given out in regions; counts what is open. */
final class FileBody implements Body.Streamed {

    final AtomicInteger closed = new AtomicInteger();
    final AtomicInteger readers = new AtomicInteger();
    final FileChannel file;
    private final long size;

    FileBody(Path path, byte[] bytes) {
        try {
            this.file = FileChannel.open(Files.write(path, bytes));
            this.size = bytes.length;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public BodyReader open(long from, long to) {
        readers.incrementAndGet();
        return new BodyReader() {
            private long position = from;

            @Override
            public CompletableFuture<Piece> next(int max) {
                int length = (int) Math.min(max, to - position);
                Piece piece = new Piece.Region(file, position, length);
                position += length;
                return CompletableFuture.completedFuture(piece);
            }

            @Override
            public void close() {
                readers.decrementAndGet();
            }
        };
    }

    @Override
    public void close() {
        closed.incrementAndGet();
    }
}
