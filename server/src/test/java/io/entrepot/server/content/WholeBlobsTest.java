package io.entrepot.server.content;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.oci.Digest;
import io.entrepot.storage.disk.DiskStore;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeBlobsTest {

    private final byte[] first = bytes(1);
    private final byte[] second = bytes(2);
    private final byte[] third = bytes(3);

    @TempDir
    private Path dir;

    @Test
    void countAsUsedWhenTheyAreWrittenAgain() throws Exception {
        try (DiskStore store = DiskStore.open(dir.resolve("store"), DiskStore.Options.of(2_000_000), incident -> {})) {
            WholeBlobs whole = new WholeBlobs(store.blobs());
            whole.write(Digest.of(first), first);
            whole.write(Digest.of(second), second);

            assertThat(whole.write(Digest.of(first), first)).isTrue();
            whole.write(Digest.of(third), third);

            assertThat(store.blobs().size(Digest.of(first))).isPresent();
            assertThat(store.blobs().size(Digest.of(second))).isEmpty();
        }
    }

    private static byte[] bytes(int value) {
        byte[] bytes = new byte[900_000];
        bytes[0] = (byte) value;
        return bytes;
    }
}
