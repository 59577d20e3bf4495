package io.entrepot.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.loadtest.RawHttp.Response;
import io.entrepot.loadtest.TestImage;
import io.entrepot.oci.Digest;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** F05: whatever happens to the files of held blobs, nobody ever gets a complete wrong body. */
@Timeout(900)
class DamagedBlobsTest extends FaultFixture {

    private static final int BLOBS = 8;

    private final List<TestImage> images = IntStream.range(0, BLOBS)
            .mapToObj(i -> ImageBuilder.image()
                    .seed(100 + i)
                    .layer(60_000 + 30_000L * i)
                    .build())
            .toList();
    private final Random random = new Random(5);
    private long modified = System.currentTimeMillis();
    private long cut;

    @BeforeEach
    void pullAll() {
        for (int i = 0; i < BLOBS; i++) {
            registry.push(REPOSITORY, "damaged" + i, images.get(i));
            assertThat(RawHttp.get(manifest("damaged" + i)).status()).isEqualTo(200);
            assertHeldAgain(images.get(i).layer(0).digest());
        }
    }

    @Test
    void areNeverServedWhole() throws IOException {
        damage(300);
    }

    @Test
    @Tag("long")
    void areNeverServedWholeInTenThousandCases() throws IOException {
        damage(10_000);
    }

    private void damage(int times) throws IOException {
        for (int i = 0; i < times; i++) {
            Digest digest = images.get(i % BLOBS).layer(0).digest();
            damage(find(digest));

            Response response = RawHttp.get(blob(digest), ranges());

            assertRightOrCut(digest, response);
            assertHeldAgain(digest);
        }
        long aside = setAside();
        assertThat(aside)
                .as("set aside, of %d damaged, %d cut short", times, cut)
                .isPositive();
        String metrics = RawHttp.get(URI.create("http://127.0.0.1:" + mirror.adminPort() + "/metrics"))
                .text();
        assertThat(metrics).contains("entrepot_incidents_total");
    }

    /** Half of the readers want a part. */
    private String[] ranges() {
        return random.nextBoolean() ? new String[0] : new String[] {"Range: bytes=1000-40000"};
    }

    private void assertRightOrCut(Digest digest, Response response) {
        byte[] right = images.stream()
                .map(image -> image.layer(0))
                .filter(layer -> layer.digest().equals(digest))
                .findFirst()
                .orElseThrow()
                .bytes();
        if (!response.complete()) {
            cut++;
        } else if (response.status() == 200) {
            assertThat(response.digest()).isEqualTo(digest);
        } else {
            assertThat(response.status()).isEqualTo(206);
            assertThat(response.body()).isEqualTo(Arrays.copyOfRange(right, 1_000, 40_001));
        }
    }

    private void assertHeldAgain(Digest digest) {
        Response again = RawHttp.get(blob(digest));
        assertThat(again.complete()).isTrue();
        assertThat(again.digest()).isEqualTo(digest);
        eventually(() -> assertThat(isHeld(digest)).isTrue());
    }

    /** One bit, 4 KiB of zeros, or the end is gone; the file is newer than it was, as it is after any edit. */
    private void damage(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long at = (long) (random.nextDouble() * (channel.size() - 4_096));
            switch (random.nextInt(3)) {
                case 0 -> flip(channel, at);
                case 1 -> channel.write(ByteBuffer.allocate(4_096), at);
                default -> channel.truncate(at);
            }
        }
        modified += 1_000;
        Files.setLastModifiedTime(file, FileTime.fromMillis(modified));
    }

    private void flip(FileChannel channel, long at) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        channel.read(one, at);
        channel.write(ByteBuffer.wrap(new byte[] {(byte) (one.get(0) ^ (1 << random.nextInt(8)))}), at);
    }

    private long setAside() throws IOException {
        try (var files = Files.walk(store().resolve("set-aside"))) {
            return files.filter(Files::isRegularFile).count();
        }
    }
}
