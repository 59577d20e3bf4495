package io.entrepot.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.oci.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BulkStoreTest {

    @TempDir
    private Path root;

    @Test
    void putsEveryBlobUnderItsDigestAndNamesItInAJournal() throws IOException {
        long bytes = new BulkStore(root, 250).fill();

        List<Path> blobs = files("blobs");
        assertThat(blobs)
                .hasSize(250)
                .allSatisfy(
                        file -> assertThat(Digest.of(Files.readAllBytes(file)).hex())
                                .isEqualTo(file.getFileName().toString()));
        assertThat(blobs.stream().mapToLong(file -> file.toFile().length()).sum())
                .isEqualTo(bytes);
        assertThat(files("repositories")).hasSize(3);
        assertThat(Files.readAllLines(root.resolve("repositories/docker.io/bulk/r2/_journal")))
                .hasSize(50)
                .allMatch(line -> line.matches("blob application/octet-stream sha256:[0-9a-f]{64} [0-9]+ [0-9a-f]{8}"));
    }

    @Test
    void unlinksAsManyAsItIsTold() throws IOException {
        BulkStore store = new BulkStore(root, 100);
        store.fill();

        assertThat(store.unlink(30)).isPositive();
        assertThat(files("blobs")).hasSize(70);
    }

    private List<Path> files(String directory) throws IOException {
        try (Stream<Path> all = Files.walk(root.resolve(directory))) {
            return all.filter(Files::isRegularFile).toList();
        }
    }
}
