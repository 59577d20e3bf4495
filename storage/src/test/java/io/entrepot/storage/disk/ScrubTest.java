package io.entrepot.storage.disk;

import static io.entrepot.storage.disk.Content.HELLO;
import static io.entrepot.storage.disk.Content.HELLO_DIGEST;
import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.oci.Digest;
import io.entrepot.storage.Incident;
import io.entrepot.storage.Lease;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScrubTest {

    private static final byte[] OTHER = Content.utf8("goodbye, entrepot\n");
    private static final Duration WEEK = Duration.ofDays(7);

    @TempDir(factory = InMemory.class)
    Path root;

    private TestStore test;
    private DiskStore store;

    @BeforeEach
    void open() throws IOException {
        test = new TestStore(root);
        test.options = new DiskStore.Options(1 << 20, 0, WEEK, 1);
        store = test.open();
    }

    @AfterEach
    void close() {
        store.close();
    }

    private boolean round() throws IOException {
        return store.caretaker().scrubber().round(test.now, Scrub.FULL_SPEED);
    }

    private Path file(Digest digest) {
        return new Layout(root).blob(digest);
    }

    private long verifiedAt() throws IOException {
        return store.blobs().list().findAny().orElseThrow().lastVerified();
    }

    @Test
    void leavesAloneWhatWasVerifiedWithinThePeriod() throws IOException {
        Content.put(store.blobs(), HELLO);
        test.now = test.now.plus(WEEK);

        assertThat(round()).isFalse();
    }

    @Test
    void readsAgainWhatIsDueAndTrustsItAgain() throws IOException {
        Content.put(store.blobs(), HELLO);
        Files.setLastModifiedTime(file(HELLO_DIGEST), FileTime.fromMillis(0));
        test.now = test.now.plus(WEEK).plusSeconds(1);

        assertThat(round()).isTrue();
        assertThat(verifiedAt()).isEqualTo(test.now.getEpochSecond());
        assertThat(round()).isFalse();
        try (Lease lease = store.blobs().open(HELLO_DIGEST).orElseThrow()) {
            assertThat(lease.trusted()).isTrue();
        }
    }

    @Test
    void setsAsideWhatRotted() throws IOException {
        Content.put(store.blobs(), HELLO);
        byte[] rotten = HELLO.clone();
        rotten[3] ^= 1;
        Files.write(file(HELLO_DIGEST), rotten);
        test.now = test.now.plus(WEEK).plusSeconds(1);
        round();

        assertThat(store.blobs().open(HELLO_DIGEST)).isEmpty();
        assertThat(test.incidents)
                .containsExactly(new Incident.Damaged(HELLO_DIGEST, "hashes to " + Digest.of(rotten)));
    }

    @Test
    void setsAsideWhatCannotBeRead() throws IOException {
        Content.put(store.blobs(), HELLO);
        store.close();
        test.fs = new WrappedFs(WrappedFs.quick()) {
            @Override
            public int read(FileChannel file, ByteBuffer into, long position) throws IOException {
                if (into.capacity() == 256 * 1024) {
                    throw new IOException("Input/output error");
                }
                return super.read(file, into, position);
            }
        };
        store = test.open();
        test.now = test.now.plus(WEEK).plusSeconds(1);
        round();

        assertThat(test.incidents)
                .containsExactly(new Incident.Damaged(HELLO_DIGEST, "cannot be read: Input/output error"));
    }

    @Test
    void startsWithWhatWasVerifiedTheLongestAgo() throws IOException {
        Content.put(store.blobs(), OTHER);
        test.now = test.now.plusSeconds(10);
        Content.put(store.blobs(), HELLO);
        test.now = test.now.plus(WEEK).plusSeconds(1);
        List<Integer> read = new ArrayList<>();
        store.caretaker().scrubber().round(test.now, bytes -> read.add(bytes));

        assertThat(read).containsExactly(Scrub.OPENING, OTHER.length, Scrub.OPENING, HELLO.length);
    }

    @Test
    void countsTheOpeningOfManySmallFilesAsWork() throws IOException {
        store.close();
        test.options = new DiskStore.Options(1 << 20, 0, Duration.ofSeconds(1), 1 << 30);
        store = test.open();
        for (int i = 0; i < 20; i++) {
            Content.put(store.blobs(), Content.utf8("blob " + i));
        }

        // 20 files of 6 or 7 bytes, twice within the period
        assertThat(store.caretaker().scrubRate()).isEqualTo(2 * (20 * Scrub.OPENING + 130));
    }

    @Test
    void goesOnWhereItStoppedAfterARestart() throws IOException {
        Content.put(store.blobs(), OTHER);
        Content.put(store.blobs(), HELLO);
        test.now = test.now.plus(WEEK).plusSeconds(1);
        int[] pieces = {0};
        store.caretaker().scrubber().round(test.now, bytes -> pieces[0]++ < 2);
        store.close();
        store = test.open();

        assertThat(store.blobs().list().filter(held -> held.lastVerified() == test.now.getEpochSecond()))
                .hasSize(1);
    }

    @Test
    void doesNotCountAsUse() throws IOException {
        Content.put(store.blobs(), HELLO);
        long used = store.blobs().list().findAny().orElseThrow().lastUsed();
        test.now = test.now.plus(WEEK).plusSeconds(1);
        round();

        assertThat(store.blobs().list().findAny().orElseThrow().lastUsed()).isEqualTo(used);
    }

    /** Bits flipped, ends cut off, blocks zeroed: -Dentrepot.damages=10000 for the whole of it. */
    @Test
    void findsAnyDamageAndHoldsTheBlobAgainOnceItIsFetched() throws IOException {
        byte[] bytes = Content.random(1, 20_000);
        Random random = new Random(1);
        for (int i = 0; i < Integer.getInteger("entrepot.damages", 200); i++) {
            Digest digest = Content.put(store.blobs(), bytes);
            Files.write(file(digest), damaged(bytes, random));

            assertThat(check(digest)).as("damage %d", i).isFalse();
            assertThat(store.blobs().open(digest)).as("damage %d", i).isEmpty();
            assertThat(test.incidents).hasSize(i + 1);
        }
    }

    private boolean check(Digest digest) throws IOException {
        return store.caretaker().scrubber().check(digest, Scrub.FULL_SPEED);
    }

    private static byte[] damaged(byte[] whole, Random random) {
        int at = random.nextInt(whole.length);
        byte[] bytes = whole.clone();
        switch (random.nextInt(3)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes = Arrays.copyOf(bytes, at);
            default -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 4096), (byte) 0);
        }
        return bytes;
    }

    @Test
    void findsNothingWrongWithAGoodBlobAndNothingWhereThereIsNone() throws IOException {
        Content.put(store.blobs(), HELLO);

        assertThat(check(HELLO_DIGEST)).isTrue();
        assertThat(check(Digest.of(OTHER))).isFalse();
    }
}
