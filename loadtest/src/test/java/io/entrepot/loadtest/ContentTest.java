package io.entrepot.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.oci.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class ContentTest {

    private static final Content SEEDED = new Content.Seeded(5, 1_000);

    @Test
    void readsTheSameBytesAtAnyOffsetAndLength() {
        byte[] all = SEEDED.bytes();
        for (int from = 0; from < 40; from++) {
            for (int size = 0; size < 40; size++) {
                assertThat(SEEDED.part(from, size).bytes()).isEqualTo(Arrays.copyOfRange(all, from, from + size));
            }
        }
    }

    @Test
    void isIncompressible() throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(new Content.Seeded(5, 100_000).bytes());
        }

        assertThat(compressed.size()).isGreaterThan(100_000);
    }

    @Test
    void hashesAllOfIt() {
        Content large = new Content.Seeded(5, 200_001);

        assertThat(large.digest()).isEqualTo(Digest.of(large.bytes()));
    }

    @Test
    void joinsTwoContents() {
        Content joined = new Content.Joined(SEEDED.part(0, 10), SEEDED.part(10, 20));

        assertThat(joined.bytes()).isEqualTo(SEEDED.part(0, 30).bytes());
        assertThat(joined.part(5, 10).bytes()).isEqualTo(SEEDED.part(5, 10).bytes());
        assertThat(joined.part(12, 3).bytes()).isEqualTo(SEEDED.part(12, 3).bytes());
    }

    @Test
    void flipsOneBit() {
        byte[] flipped = new Content.Flipped(SEEDED, 500).bytes();

        assertThat(flipped[500] ^ SEEDED.bytes()[500]).isEqualTo(1);
        assertThat(Arrays.mismatch(flipped, SEEDED.bytes())).isEqualTo(500);
    }
}
