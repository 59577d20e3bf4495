package io.entrepot.server.admin;

import io.entrepot.oci.Digest;
import io.entrepot.storage.BlobStore;
import io.entrepot.storage.BlobWriter;
import io.entrepot.storage.Lease;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Blobs as files of one directory, put there by a test. */
final class MemoryBlobs implements BlobStore {

    private final Path root;
    private final Map<Digest, Path> files = new ConcurrentHashMap<>();
    final Map<Digest, String> setAside = new ConcurrentHashMap<>();

    MemoryBlobs(Path root) {
        this.root = root;
    }

    /** Holds these bytes under a digest, be it theirs or not. */
    void put(Digest digest, byte[] bytes) throws IOException {
        files.put(digest, Files.write(root.resolve(digest.hex()), bytes));
    }

    @Override
    public Optional<Lease> open(Digest digest) throws IOException {
        Path file = files.get(digest);
        return file == null ? Optional.empty() : Optional.of(new FileLease(digest, FileChannel.open(file)));
    }

    @Override
    public void used(Digest digest) {}

    @Override
    public Optional<Lease> inspect(Digest digest) throws IOException {
        return open(digest);
    }

    @Override
    public OptionalLong size(Digest digest) throws IOException {
        Path file = files.get(digest);
        return file == null ? OptionalLong.empty() : OptionalLong.of(Files.size(file));
    }

    @Override
    public BlobWriter create(Digest digest, long size) {
        throw new UnsupportedOperationException();
    }

    @Override
    public BlobWriter createWithoutEvicting(Digest digest, long size) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void verified(Lease lease) {}

    @Override
    public void setAside(Digest digest, String why) {
        files.remove(digest);
        setAside.put(digest, why);
    }

    @Override
    public boolean remove(Digest digest) {
        return files.remove(digest) != null;
    }

    @Override
    public Stream<Held> list() {
        return files.keySet().stream()
                .sorted((a, b) -> a.hex().compareTo(b.hex()))
                .map(this::held);
    }

    private Held held(Digest digest) {
        try {
            return new Held(digest, size(digest).orElse(0), 1_000_000_000, 0);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public Usage usage() {
        return new Usage(files.size(), 7, 0, 100, 50, 3);
    }

    @Override
    public void close() {}

    private record FileLease(Digest digest, FileChannel channel) implements Lease {

        @Override
        public long size() {
            try {
                return channel.size();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        @Override
        public boolean trusted() {
            return true;
        }

        @Override
        public void close() {
            try {
                channel.close();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }
}
