package io.entrepot.server.content;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.MirrorConfig;
import io.entrepot.config.MirrorConfig.TagPattern;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.MediaType;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import io.entrepot.server.content.BodyReader.Piece;
import io.entrepot.server.content.Content.Blob;
import io.entrepot.storage.disk.DiskStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Content over a real disk store of 2 MB and an upstream that does what the test says. */
abstract class ContentFixture {

    static final Repository REPOSITORY = new Repository(Registry.DOCKER_HUB, "library/alpine");
    static final Repository OTHER = new Repository(Registry.DOCKER_HUB, "library/other");
    static final String MANIFEST = "{\"schemaVersion\":2,\"layers\":[]}";
    static final String OTHER_MANIFEST = "{\"schemaVersion\":2,\"layers\":[],\"annotations\":{\"a\":\"b\"}}";

    final ScriptedUpstream upstream = new ScriptedUpstream();
    final Queue<Incident> incidents = new ConcurrentLinkedQueue<>();
    final SetClock clock = new SetClock();
    final SetClock trusted = new SetClock();
    CachedContent content;
    boolean restricted;
    private final java.util.concurrent.ExecutorService pool = java.util.concurrent.Executors.newFixedThreadPool(4);
    private DiskStore store;
    private Path root;

    @BeforeEach
    void openStore(@TempDir Path dir) throws IOException {
        root = dir.resolve("store");
        open();
    }

    private void open() throws IOException {
        store = DiskStore.open(root, DiskStore.Options.of(2_000_000), incident -> {});
        content = new CachedContent(
                new Store(store.blobs(), store.tags(), store.links(), pool),
                fills(),
                incidents::add,
                clock,
                trusted,
                () -> restricted);
    }

    MirrorConfig.Fills fills() {
        return new MirrorConfig.Fills(1L << 30, 8, 2, 3, 4_096, 256, 5_000);
    }

    @AfterEach
    void closeStore() throws IOException {
        content.stop().join();
        store.close();
        pool.shutdownNow();
    }

    /** Stops everything and starts it again over the same disk. */
    void reopen() throws IOException {
        content.stop().join();
        store.close();
        open();
    }

    /** Content that the upstream has and that a manifest of the repository names. */
    Digest linked(byte[] bytes) {
        return linked(bytes, bytes.length);
    }

    /** The same, where the manifest says another size. */
    Digest linked(byte[] bytes, long size) {
        return linked(bytes, size, new MediaType("application/vnd.test.layer"));
    }

    /** The same, where the manifest says another size or type. */
    Digest linked(byte[] bytes, long size, MediaType type) {
        Digest digest = upstream.blob(bytes);
        Descriptor layer = new Descriptor(type, digest, size);
        Descriptor manifest =
                new Descriptor(MediaType.OCI_MANIFEST, Digest.of(digest.hex().getBytes(StandardCharsets.UTF_8)), 1);
        try {
            store.links().link(REPOSITORY, manifest, List.of(layer));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return digest;
    }

    /** Pulls a manifest that names one layer. */
    void admit(String tag, Digest layer, long size) {
        upstream.manifest(
                tag,
                "{\"schemaVersion\":2,\"layers\":[{\"mediaType\":\"application/vnd.test.layer\",\"digest\":\"" + layer
                        + "\",\"size\":" + size + "}]}");
        TagPattern always = new TagPattern(
                "**", TagPattern.Mode.REVALIDATE, Duration.ZERO, Duration.ZERO, Duration.ZERO, false, false);
        Resolved resolved = content.resolve(upstream, REPOSITORY, new Reference.Tag(tag), always, TagRule.FREE)
                .join();
        content.admit(upstream, REPOSITORY, resolved).join();
    }

    Blob blob(Digest digest) {
        return content.blob(upstream, REPOSITORY, digest, true).join();
    }

    CompletableFuture<byte[]> readAll(Blob blob) {
        return new Reading(blob, 0, blob.body().size()).all();
    }

    boolean held(Digest digest) {
        try {
            return store.blobs().size(digest).isPresent();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** As an eviction does it. */
    void drop(Digest digest) throws IOException {
        assertThat(store.blobs().remove(digest)).isTrue();
    }

    /** Waits until no download is in progress. */
    void settle() {
        eventually(() -> assertThat(content.fillsRunning()).isZero());
    }

    /** Changes one bit of a held blob in its file, later than it was written by the clock of the file system, which ticks slowly. */
    void corrupt(Digest digest) throws IOException {
        Path file = find(digest);
        FileTime written = Files.getLastModifiedTime(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, 1_000);
            byte[] changed = {(byte) (one.get(0) ^ 1)};
            do {
                channel.write(ByteBuffer.wrap(changed), 1_000);
            } while (Files.getLastModifiedTime(file).equals(written));
        }
    }

    private Path find(Digest digest) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(path -> path.getFileName().toString().equals(digest.hex()))
                    .findFirst()
                    .orElseThrow();
        }
    }

    static void eventually(Runnable assertion) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (true) {
            try {
                assertion.run();
                return;
            } catch (AssertionError e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                Thread.onSpinWait();
            }
        }
    }

    static byte[] random(int size) {
        return random(size, 1);
    }

    static byte[] random(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Reads a range of a blob as a client would, one piece after the other. */
    static final class Reading {

        private final Blob blob;
        private final BodyReader reader;
        private final long length;
        private final ByteArrayOutputStream got = new ByteArrayOutputStream();

        Reading(Blob blob, long from, long to) {
            this.blob = blob;
            this.reader = ((Body.Streamed) blob.body()).open(from, to);
            this.length = to - from;
        }

        int read() {
            return got.size();
        }

        CompletableFuture<byte[]> all() {
            return more().whenComplete((done, failure) -> {
                reader.close();
                blob.body().close();
            });
        }

        private CompletableFuture<byte[]> more() {
            if (got.size() == length) {
                return CompletableFuture.completedFuture(got.toByteArray());
            }
            return reader.next((int) Math.min(100_000, length - got.size())).thenCompose(piece -> {
                take(piece);
                return more();
            });
        }

        private void take(Piece piece) {
            byte[] bytes;
            if (piece instanceof Piece.Memory memory) {
                bytes = new byte[memory.bytes().readableBytes()];
                memory.bytes().readBytes(bytes).release();
            } else {
                bytes = region((Piece.Region) piece);
            }
            got.writeBytes(bytes);
        }

        private static byte[] region(Piece.Region region) {
            ByteBuffer into = ByteBuffer.allocate(region.length());
            try {
                while (into.hasRemaining()) {
                    region.file().read(into, region.position() + into.position());
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            return into.array();
        }
    }

    /** A clock that moves when it is told to. */
    static final class SetClock extends Clock {

        private Instant now = Instant.parse("2026-03-01T12:00:00Z");

        void pass(Duration time) {
            now = now.plus(time);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
