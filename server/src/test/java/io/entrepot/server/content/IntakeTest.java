package io.entrepot.server.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.oci.Digest;
import io.entrepot.oci.Registry;
import io.entrepot.oci.RegistryException;
import io.entrepot.oci.Repository;
import io.entrepot.server.upstream.BlobReply;
import io.entrepot.storage.disk.DiskStore;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bytes on their way from a stream into a file, in whatever pieces they come. */
class IntakeTest {

    private static final int SIZE = 1_000_000;

    private final byte[] bytes = ContentFixture.random(SIZE);
    private final ScriptedUpstream upstream = new ScriptedUpstream();
    private final ExecutorService pool = Executors.newFixedThreadPool(2);
    private final Queue<ByteBuf> given = new ConcurrentLinkedQueue<>();
    private volatile boolean busy;
    private DiskStore store;

    @BeforeEach
    void open(@TempDir Path dir) throws IOException {
        store = DiskStore.open(dir.resolve("store"), DiskStore.Options.of(10_000_000), incident -> {});
    }

    @AfterEach
    void close() throws InterruptedException {
        pool.shutdown();
        assertThat(pool.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        store.close();
        assertThat(given).allMatch(buffer -> buffer.refCnt() == 0);
    }

    @Test
    void takesABodyInPiecesOfAnySize() throws IOException {
        for (int piece : new int[] {7, 1_000, 65_536, 100_001, 262_144, 400_000, SIZE}) {
            FillFile file = file();

            await(intake(file, pieces(bytes, piece)).start());

            assertThat(file.prefix()).isEqualTo(SIZE);
            assertThat(file.verify()).isTrue();
            file.close();
        }
    }

    @Test
    void takesABodyInBytesThatAreThereAllAtOnceWithoutRunningOutOfStack() throws IOException {
        byte[] small = Arrays.copyOf(bytes, 100_000);
        FillFile file = FillFile.reserve(store.blobs(), Digest.of(small), small.length);

        await(intake(file, pieces(small, 1)).start());

        assertThat(file.verify()).isTrue();
        file.close();
    }

    @Test
    void takesNoNoticeOfPiecesWithoutBytes() throws IOException {
        FillFile file = file();
        Queue<byte[]> pieces = new ArrayDeque<>();
        for (int i = 0; i < 1_000; i++) {
            pieces.add(new byte[0]);
        }
        pieces.addAll(pieces(bytes, 300_000));

        await(intake(file, pieces).start());

        assertThat(file.verify()).isTrue();
        file.close();
    }

    @Test
    void stepsOverWhatWasFetchedAhead() throws IOException {
        for (int piece : new int[] {65_536, 100_001, 300_000}) {
            FillFile file = file();
            file.write(250_000, ByteBuffer.wrap(bytes, 250_000, 150_000));

            await(intake(file, pieces(bytes, piece)).start());

            assertThat(file.verify()).isTrue();
            file.close();
        }
    }

    @Test
    void writesWhatCameBeforeAFailure() throws IOException {
        FillFile file = file();
        Intake intake = intake(file, pieces(Arrays.copyOf(bytes, 700_001), 100_000));

        assertThatThrownBy(() -> await(intake.start())).hasMessageContaining("ended at byte 700001");
        assertThat(file.prefix()).isEqualTo(700_001);
        file.close();
    }

    @Test
    void refusesMoreThanWasAnnounced() throws IOException {
        FillFile file = file();

        assertThatThrownBy(() -> await(intake(file, pieces(Arrays.copyOf(bytes, SIZE + 1), 400_000))
                        .start()))
                .hasCauseInstanceOf(RegistryException.BadUpstream.class)
                .hasMessageContaining("is longer than 1000000 bytes");
        file.close();
    }

    @Test
    void failsWhereTheStoreIsTooBusyToWrite() throws IOException {
        FillFile file = file();
        busy = true;

        assertThatThrownBy(() -> await(intake(file, pieces(bytes, 100_000)).start()))
                .hasCauseInstanceOf(RegistryException.Unavailable.class);
        file.close();
    }

    private FillFile file() throws IOException {
        return FillFile.reserve(store.blobs(), Digest.of(bytes), SIZE);
    }

    private static void await(CompletableFuture<Void> done) {
        done.orTimeout(20, TimeUnit.SECONDS).join();
    }

    private static Queue<byte[]> pieces(byte[] all, int size) {
        Queue<byte[]> pieces = new ArrayDeque<>();
        for (int at = 0; at < all.length; at += size) {
            pieces.add(Arrays.copyOfRange(all, at, Math.min(all.length, at + size)));
        }
        return pieces;
    }

    private Intake intake(FillFile file, Queue<byte[]> pieces) {
        Repository repository = new Repository(Registry.DOCKER_HUB, "library/alpine");
        upstream.replies.add(new Reply(pieces));
        BlobStream stream = new BlobStream(upstream, repository, file.digest(), 0, new ContentStats());
        stream.open(0).join();
        return new Intake(stream, file, new Store(store.blobs(), store.tags(), store.links(), this::run), () -> {});
    }

    private void run(Runnable work) {
        if (busy) {
            throw new RejectedExecutionException();
        }
        pool.execute(work);
    }

    /** A body that is there already, in these pieces. */
    private final class Reply implements BlobReply {

        private final Queue<byte[]> pieces;

        Reply(Queue<byte[]> pieces) {
            this.pieces = pieces;
        }

        @Override
        public long from() {
            return 0;
        }

        @Override
        public OptionalLong size() {
            return OptionalLong.of(SIZE);
        }

        @Override
        public Optional<String> validator() {
            return Optional.empty();
        }

        @Override
        public CompletableFuture<Optional<ByteBuf>> next() {
            byte[] piece = pieces.poll();
            if (piece == null) {
                return CompletableFuture.completedFuture(Optional.empty());
            }
            ByteBuf buffer = Unpooled.copiedBuffer(piece);
            if (piece.length > 0) {
                given.add(buffer);
            }
            return CompletableFuture.completedFuture(Optional.of(buffer));
        }

        @Override
        public void close() {}
    }
}
