package io.entrepot.storage.disk;

import static io.entrepot.storage.disk.Content.HELLO;
import static io.entrepot.storage.disk.Content.HELLO_DIGEST;
import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.oci.Digest;
import io.entrepot.storage.BlobStore;
import io.entrepot.storage.Lease;
import io.entrepot.storage.StoreFullException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store that is used while its index is still being read. */
class LoadingTest {

    private static final byte[] OTHER = Content.utf8("something else");

    @TempDir
    Path temp;

    private TestStore test;
    private SlowIndex slow;

    /** A disk that gives the index file only when it is told to. */
    private static final class SlowIndex extends WrappedFs {

        private final Path index;
        private final CountDownLatch given = new CountDownLatch(1);

        SlowIndex(Path index) {
            super(WrappedFs.quick());
            this.index = index;
        }

        @Override
        public FileChannel open(Path file) throws IOException {
            if (file.equals(index)) {
                await();
            }
            return super.open(file);
        }

        private void await() throws IOException {
            try {
                if (!given.await(1, TimeUnit.MINUTES)) {
                    throw new IOException("nobody gave the index file");
                }
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
    }

    @BeforeEach
    void hold() throws IOException {
        test = new TestStore(temp.toRealPath());
        try (DiskStore store = test.open()) {
            Content.put(store.blobs(), HELLO);
        }
        slow = new SlowIndex(test.root.resolve("index"));
        test.fs = slow;
    }

    private DiskStore opening() throws IOException {
        return DiskStore.open(
                test.root, test.options, test.incidents::add, test.fs, () -> test.now, Caretaker::loadBeside);
    }

    /** What one thread asks of a store. */
    private interface Question<T> {
        T ask(BlobStore blobs) throws IOException;
    }

    /** Asks while the index is being read, and has it read when whoever asked is waiting for that. */
    private <T> T answered(DiskStore store, Question<T> question) throws Exception {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                answer.complete(question.ask(store.blobs()));
            } catch (IOException | RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        thread.start();
        while (thread.getState() != Thread.State.BLOCKED && !answer.isDone()) {
            Thread.onSpinWait();
        }
        assertThat(answer).isNotDone();
        slow.given.countDown();
        return answer.get(1, TimeUnit.MINUTES);
    }

    @Test
    void isOpenBeforeItsIndexIsRead() throws Exception {
        try (DiskStore store = opening()) {
            assertThat(store.loaded()).isNotDone();

            slow.given.countDown();
            store.loaded().get(1, TimeUnit.MINUTES);

            assertThat(store.blobs().usage().blobs()).isEqualTo(1);
        }
    }

    @Test
    void knowsThatABlobWasVerified() throws Exception {
        try (DiskStore store = opening()) {
            boolean trusted = answered(store, blobs -> {
                try (Lease lease = blobs.open(HELLO_DIGEST).orElseThrow()) {
                    return lease.trusted();
                }
            });

            assertThat(trusted).isTrue();
            assertThat(store.blobs().usage().blobs()).isEqualTo(1);
            assertThat(store.blobs().usage().bytes()).isEqualTo(HELLO.length);
        }
    }

    @Test
    void seesThatAFileHasNotTheSizeOfItsBlob() throws Exception {
        Path file = new Layout(test.root).blob(HELLO_DIGEST);
        Files.write(file, OTHER);
        try (DiskStore store = opening()) {
            boolean held = answered(store, blobs -> blobs.open(HELLO_DIGEST).isPresent());

            assertThat(held).isFalse();
            assertThat(store.blobs().usage().blobs()).isZero();
            assertThat(file).doesNotExist();
        }
    }

    @Test
    void forgetsWhatIsRemoved() throws Exception {
        try (DiskStore store = opening()) {
            boolean removed = answered(store, blobs -> blobs.remove(HELLO_DIGEST));

            assertThat(removed).isTrue();
            assertThat(store.blobs().usage().blobs()).isZero();
            assertThat(store.blobs().usage().bytes()).isZero();
        }
    }

    @Test
    void makesRoomByWhatItHolds() throws Exception {
        test.options = DiskStore.Options.of(HELLO.length + 1);
        Digest other = Digest.of(OTHER);
        try (DiskStore store = opening()) {
            assertThat(OTHER.length).isLessThanOrEqualTo(HELLO.length + 1);
            answered(store, blobs -> {
                Content.put(blobs, OTHER);
                return true;
            });

            assertThat(store.blobs().size(HELLO_DIGEST)).isEmpty();
            assertThat(store.blobs().size(other)).hasValue(OTHER.length);
            assertThat(store.blobs().usage().bytes()).isEqualTo(OTHER.length);
        }
    }

    @Test
    void refusesWhatDoesNotFitBesideWhatItHolds() throws Exception {
        test.options = DiskStore.Options.of(HELLO.length + 1);
        try (DiskStore store = opening()) {
            String refused = answered(store, blobs -> {
                try {
                    blobs.createWithoutEvicting(Digest.of(OTHER), OTHER.length).close();
                    return "";
                } catch (StoreFullException e) {
                    return String.valueOf(e.getMessage());
                }
            });

            assertThat(refused).contains("held " + HELLO.length);
        }
    }

    @Test
    void closesWhileItsIndexIsRead() throws Exception {
        DiskStore store = opening();
        CompletableFuture<Void> closed = CompletableFuture.runAsync(store::close);
        slow.given.countDown();
        closed.get(1, TimeUnit.MINUTES);

        test.fs = WrappedFs.quick();
        try (DiskStore again = test.open();
                Lease lease = again.blobs().open(HELLO_DIGEST).orElseThrow()) {
            assertThat(lease.trusted()).isTrue();
        }
    }
}
