package io.entrepot.storage.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.entrepot.oci.Digest;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import io.entrepot.storage.BlobStore;
import io.entrepot.storage.BlobStore.Held;
import io.entrepot.storage.BlobWriter;
import io.entrepot.storage.Lease;
import io.entrepot.storage.StoreFullException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvictionTest {

    private static final Repository ALPINE = new Repository(Registry.DOCKER_HUB, "library/alpine");
    private static final byte[] A = Content.random(1, 100);
    private static final byte[] B = Content.random(2, 100);
    private static final byte[] C = Content.random(3, 100);
    private static final byte[] D = Content.random(4, 100);

    @TempDir(factory = InMemory.class)
    Path root;

    private final AtomicLong free = new AtomicLong(1L << 40);
    private TestStore test;
    private DiskStore store;
    private BlobStore blobs;

    @BeforeEach
    void open() throws IOException {
        test = new TestStore(root);
        test.options = new DiskStore.Options(300, 1000, Duration.ZERO, 1);
        test.fs = new WrappedFs(WrappedFs.quick()) {
            @Override
            public long free(Path path) {
                return free.get();
            }

            @Override
            public boolean delete(Path file) throws IOException {
                boolean deleted = super.delete(file);
                free.addAndGet(deleted && file.startsWith(root.resolve("blobs")) ? 100 : 0);
                return deleted;
            }
        };
        store = test.open();
        blobs = store.blobs();
    }

    @AfterEach
    void close() {
        store.close();
    }

    private List<Digest> held() throws IOException {
        return blobs.list().map(Held::digest).toList();
    }

    private static Digest[] digests(byte[]... blobs) {
        return List.of(blobs).stream().map(Digest::of).toArray(Digest[]::new);
    }

    @Test
    void evictsWhatWasUsedTheLongestAgo() throws IOException {
        Content.put(blobs, A);
        Content.put(blobs, B);
        Content.put(blobs, C);
        blobs.open(Digest.of(A)).orElseThrow().close();
        Content.put(blobs, D);

        assertThat(held()).containsExactlyInAnyOrder(digests(A, C, D));
        assertThat(blobs.usage().evictions()).isEqualTo(1);
        assertThat(blobs.open(Digest.of(B))).isEmpty();
    }

    @Test
    void countsAsUsedWhatSomebodyHasInMemory() throws IOException {
        Content.put(blobs, A);
        Content.put(blobs, B);
        Content.put(blobs, C);
        blobs.used(Digest.of(A));
        Content.put(blobs, D);

        assertThat(held()).containsExactlyInAnyOrder(digests(A, C, D));
    }

    @Test
    void remembersTheOrderOfUseOverARestart() throws IOException {
        Content.put(blobs, A);
        Content.put(blobs, B);
        Content.put(blobs, C);
        blobs.open(Digest.of(A)).orElseThrow().close();
        store.close();
        store = test.open();
        blobs = store.blobs();
        Content.put(blobs, D);

        assertThat(held()).containsExactlyInAnyOrder(digests(A, C, D));
    }

    @Test
    void neverEvictsWhatIsBeingRead() throws IOException {
        Content.put(blobs, A);
        try (Lease lease = blobs.open(Digest.of(A)).orElseThrow()) {
            Content.put(blobs, B);
            Content.put(blobs, C);
            Content.put(blobs, D);

            assertThat(held()).containsExactlyInAnyOrder(digests(A, C, D));
            assertThat(Content.read(lease)).isEqualTo(A);
        }
    }

    @Test
    void neverEvictsWhatItsWriterStillHolds() throws IOException {
        try (BlobWriter writer = blobs.create(Digest.of(A), A.length)) {
            writer.append(ByteBuffer.wrap(A));
            writer.verify();
            writer.commit();
            Content.put(blobs, B);
            Content.put(blobs, C);
            Content.put(blobs, D);

            assertThat(held()).containsExactlyInAnyOrder(digests(A, C, D));
        }
    }

    @Test
    void evictsManifestsWhenNothingElseIsLeft() throws IOException {
        Content.put(blobs, A);
        store.links().link(ALPINE, Content.manifest(A), List.of());
        Content.put(blobs, B);
        Content.put(blobs, C);
        Content.put(blobs, D);
        assertThat(held()).contains(Digest.of(A));

        blobs.create(Digest.of(new byte[300]), 300).close();
        assertThat(held()).isEmpty();
    }

    @Test
    void knowsManifestsAgainWhenTheirRepositoryIsAskedFor() throws IOException {
        Content.put(blobs, A);
        store.links().link(ALPINE, Content.manifest(A), List.of());
        store.close();
        Files.delete(root.resolve("index"));
        store = test.open();
        blobs = store.blobs();
        store.caretaker().sweepNow();
        store.links().manifests(ALPINE);
        Content.put(blobs, B);
        Content.put(blobs, C);
        Content.put(blobs, D);

        assertThat(held()).contains(Digest.of(A));
    }

    @Test
    void refusesABlobLargerThanTheStore() {
        assertThatExceptionOfType(StoreFullException.class)
                .isThrownBy(() -> blobs.create(Digest.of(A), 301))
                .withMessage(Digest.of(A) + ": 301 bytes (expected: at most max-size, 300)");
    }

    @Test
    void refusesASizeThatNoDiskHasAndEvictsNothingForIt() throws IOException {
        store.close();
        test.options = DiskStore.Options.of(Long.MAX_VALUE);
        store = test.open();
        blobs = store.blobs();
        Content.put(blobs, A);

        assertThatExceptionOfType(StoreFullException.class)
                .isThrownBy(() -> blobs.create(Digest.of(B), Long.MAX_VALUE - 5));
        assertThat(held()).containsExactly(Digest.of(A));
    }

    @Test
    void refusesWhatDoesNotFitBesideWhatIsBeingWritten() throws IOException {
        Content.put(blobs, A);
        try (BlobWriter writer = blobs.create(Digest.of(B), 250)) {
            assertThatExceptionOfType(StoreFullException.class)
                    .isThrownBy(() -> blobs.create(Digest.of(C), 100))
                    .withMessageContaining("no room for 100 bytes (held 0, being written 250, max-size 300");
            assertThat(writer.size()).isEqualTo(250);
        }
        blobs.create(Digest.of(C), 300).close();
    }

    @Test
    void refusesRatherThanEvictInVain() throws IOException {
        Content.put(blobs, A);
        free.set(500);

        assertThatExceptionOfType(StoreFullException.class).isThrownBy(() -> blobs.create(Digest.of(B), 100));
        assertThat(held()).containsExactly(Digest.of(A));
    }

    @Test
    void keepsTheDiskFromRunningFull() throws IOException {
        Content.put(blobs, A);
        Content.put(blobs, B);
        free.set(1050);
        Content.put(blobs, C);

        assertThat(held()).containsExactlyInAnyOrder(digests(B, C));
    }

    @Test
    void evictsALittleMoreOnceTheDiskIsLow() throws IOException {
        Content.put(blobs, A);
        Content.put(blobs, B);
        Content.put(blobs, C);
        free.set(990);
        store.caretaker().trim();

        assertThat(held()).containsExactly(Digest.of(C));
    }

    @Test
    void evictsNothingWhileThereIsRoom() throws IOException {
        Content.put(blobs, A);
        free.set(1001);
        store.caretaker().trim();

        assertThat(held()).containsExactly(Digest.of(A));
    }
}
