package io.entrepot.server.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.server.content.BodyReader.Piece;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GateTest {

    private static final int SIZE = 1_000_000;
    private static final int ALL = Integer.MAX_VALUE;

    private FileChannel file;
    private Gate gate;
    private volatile long prefix;

    @BeforeEach
    void open(@TempDir Path dir) throws IOException {
        file = FileChannel.open(Files.createFile(dir.resolve("blob")));
        gate = new Gate(SIZE, file, position -> Math.max(0, prefix - position));
    }

    @AfterEach
    void close() throws IOException {
        file.close();
    }

    @Test
    void givesWhatIsThere() {
        prefix = 300_000;

        assertThat(gate.reader(100_000, SIZE, true).next(ALL).join())
                .isEqualTo(new Piece.Region(file, 100_000, 200_000));
    }

    @Test
    void givesNoMoreThanAskedFor() {
        prefix = 300_000;

        assertThat(gate.reader(0, SIZE, true).next(1_000).join()).isEqualTo(new Piece.Region(file, 0, 1_000));
    }

    @Test
    void waitsForWhatIsNotThere() {
        CompletableFuture<Piece> next = gate.reader(0, SIZE, true).next(ALL);

        assertThat(next).isNotDone();
        prefix = 10;
        gate.advanced();
        assertThat(next).isCompletedWithValue(new Piece.Region(file, 0, 10));
    }

    @Test
    void withholdsTheLast64KiBOfTheWholeUntilVerified() {
        prefix = SIZE;
        BodyReader reader = gate.reader(0, SIZE, true);

        assertThat(reader.next(ALL).join()).isEqualTo(new Piece.Region(file, 0, SIZE - Gate.WITHHELD));
        CompletableFuture<Piece> tail = reader.next(ALL);
        assertThat(tail).isNotDone();
        gate.verified();
        assertThat(tail).isCompletedWithValue(new Piece.Region(file, SIZE - Gate.WITHHELD, Gate.WITHHELD));
    }

    @Test
    void withholdsTheLast64KiBOfARangeThatEndsEarlier() {
        prefix = SIZE;

        assertThat(gate.reader(100_000, 200_000, true).next(ALL).join())
                .isEqualTo(new Piece.Region(file, 100_000, 100_000 - Gate.WITHHELD));
    }

    @Test
    void withholdsAllOfARangeThatIsSmall() {
        prefix = SIZE;
        CompletableFuture<Piece> small = gate.reader(0, 1, true).next(ALL);

        assertThat(small).isNotDone();
        gate.verified();
        assertThat(small).isCompletedWithValue(new Piece.Region(file, 0, 1));
    }

    @Test
    void withholdsNothingFromAReaderThatChecksItself() {
        prefix = SIZE;

        assertThat(gate.reader(5, 10, false).next(ALL).join()).isEqualTo(new Piece.Region(file, 5, 5));
    }

    @Test
    void endsShortWhenItFailed() {
        prefix = SIZE;
        BodyReader reader = gate.reader(0, SIZE, true);
        reader.next(ALL).join();
        CompletableFuture<Piece> tail = reader.next(ALL);

        gate.failed(new IllegalStateException("wrong bytes"));

        assertThatThrownBy(tail::join).isInstanceOf(CompletionException.class).hasMessageContaining("wrong bytes");
    }

    @Test
    void forgetsAReaderThatLeft() {
        BodyReader reader = gate.reader(0, SIZE, true);
        CompletableFuture<Piece> next = reader.next(ALL);

        reader.close();

        assertThat(next).isCancelled();
    }
}
