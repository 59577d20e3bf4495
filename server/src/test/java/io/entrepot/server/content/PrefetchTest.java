package io.entrepot.server.content;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.server.content.BodyReader.Piece;
import io.entrepot.storage.BlobStore;
import io.entrepot.storage.Links;
import io.entrepot.storage.TagStore;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrefetchTest {

    private static final int MIB = 1024 * 1024;
    private static final int SIZE = 40 * MIB;

    private FileChannel file;
    private int windows;

    @BeforeEach
    void open(@TempDir Path dir) throws IOException {
        file = FileChannel.open(Files.write(dir.resolve("blob"), new byte[SIZE]));
    }

    @AfterEach
    void close() throws IOException {
        file.close();
    }

    @Test
    void givesEveryPieceOfTheReader() {
        Prefetch prefetch = prefetch(true);

        for (int at = 0; at < SIZE; at += 2 * MIB) {
            assertThat(prefetch.next(2 * MIB).join()).isEqualTo(new Piece.Region(file, at, 2 * MIB));
        }
    }

    @Test
    void preparesAWindowOfSeveralPiecesAtATime() {
        Prefetch prefetch = prefetch(true);

        for (int at = 0; at < SIZE; at += MIB) {
            prefetch.next(MIB).join();
        }

        assertThat(windows).isBetween(3, 10);
    }

    @Test
    void preparesNothingThatIsInMemoryAnyway() {
        prefetch(false).next(MIB).join();

        assertThat(windows).isZero();
    }

    @Test
    void comesToItsEndWhereTheFileEndsEarly() {
        BodyReader beyond = new Straight(SIZE + 10L * MIB);
        Prefetch prefetch = new Prefetch(beyond, SIZE + 10L * MIB, position -> true, store());

        for (int at = 0; at < SIZE + 10 * MIB; at += 2 * MIB) {
            assertThat(prefetch.next(2 * MIB).join()).isEqualTo(new Piece.Region(file, at, 2 * MIB));
        }
    }

    private Prefetch prefetch(boolean mayBeCold) {
        return new Prefetch(new Straight(SIZE), SIZE, position -> mayBeCold, store());
    }

    /** A store of which only the pool is used. */
    private Store store() {
        return new Store(unused(BlobStore.class), unused(TagStore.class), unused(Links.class), work -> {
            windows++;
            work.run();
        });
    }

    private static <T> T unused(Class<T> type) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, values) -> {
                    throw new AssertionError(method);
                }));
    }

    private final class Straight implements BodyReader {

        private final long to;
        private long position;

        Straight(long to) {
            this.to = to;
        }

        @Override
        public CompletableFuture<Piece> next(int max) {
            Piece piece = new Piece.Region(file, position, (int) Math.min(max, to - position));
            position += max;
            return CompletableFuture.completedFuture(piece);
        }

        @Override
        public void close() {}
    }
}
