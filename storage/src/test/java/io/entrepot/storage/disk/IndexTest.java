package io.entrepot.storage.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.oci.Digest;
import io.entrepot.oci.Digest.Algorithm;
import io.entrepot.storage.BlobStore.Held;
import io.entrepot.storage.disk.BlobIndex.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexTest {

    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

    @TempDir
    Path root;

    private static Digest digest(int number) {
        byte[] hash = new byte[number % 5 == 0 ? 64 : 32];
        new Random(number).nextBytes(hash);
        return Digest.ofHash(hash.length == 64 ? Algorithm.SHA512 : Algorithm.SHA256, hash);
    }

    /** The index against a map that does the same, over a long series of random steps. */
    @Test
    void isAMapInTheOrderOfUse() {
        BlobIndex index = new BlobIndex();
        Map<Digest, Long> model = new LinkedHashMap<>();
        Random random = new Random(42);
        for (int step = 0; step < 50_000; step++) {
            Digest digest = digest(random.nextInt(3000));
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    model.remove(digest);
                    model.put(digest, (long) step);
                    index.put(digest, new Entry(step, 0, 0, 0, false));
                }
                case 2 -> assertThat(index.remove(digest)).isEqualTo(model.remove(digest) != null);
                default -> {
                    index.used(digest, NOW);
                    Long size = model.remove(digest);
                    if (size != null) {
                        model.put(digest, size);
                    }
                }
            }
        }

        assertThat(index.count()).isEqualTo(model.size());
        assertThat(index.bytes())
                .isEqualTo(model.values().stream().mapToLong(Long::longValue).sum());
        assertThat(evictionOrder(index)).containsExactlyElementsOf(model.keySet());
    }

    private static List<Digest> evictionOrder(BlobIndex index) {
        List<Digest> order = new ArrayList<>();
        while (index.count() > 0) {
            Digest next = index.victim(digest -> false).orElseThrow();
            order.add(next);
            index.remove(next);
        }
        return order;
    }

    @Test
    void readsBackWhatItWroteInTheSameOrder() throws IOException {
        BlobIndex index = filled(40_000);
        index.manifest(digest(3));
        file(index).save();
        BlobIndex read = new BlobIndex();
        file(read).load();

        assertThat(read.bytes()).isEqualTo(index.bytes());
        assertThat(read.find(digest(3))).isEqualTo(index.find(digest(3)));
        assertThat(evictionOrder(read)).isEqualTo(evictionOrder(index));
    }

    @Test
    void whatIsReadReplacesWhatWasThere() throws IOException {
        BlobIndex index = filled(40_000);
        file(index).save();
        BlobIndex read = filled(20_000);
        read.put(digest(50_000), new Entry(7, 0, 0, 0, false));
        file(read).load();
        file(read).load();

        assertThat(read.count()).isEqualTo(index.count() + 1);
        assertThat(read.bytes()).isEqualTo(index.bytes() + 7);
        assertThat(read.find(digest(39_999))).isEqualTo(index.find(digest(39_999)));
        List<Digest> order = new ArrayList<>(List.of(digest(50_000)));
        order.addAll(evictionOrder(index));
        assertThat(evictionOrder(read)).isEqualTo(order);
    }

    @Test
    void ofTwoRowsForOneBlobTheLastOneCounts() {
        BlobRows rows = new BlobRows();
        DigestTable digests = new DigestTable();
        for (int number = 0; number < 10; number++) {
            int id = digests.insert(digest(number).algorithm(), DigestTable.words(digest(number)));
            rows.add(digests, id, false, number, 1, 1, 1);
        }
        rows.add(digests, 3, true, 100, 2, 2, 2);
        rows.add(digests, 5, false, 200, 2, 2, 2);
        rows.add(digests, 5, false, 300, 3, 3, 3);
        BlobIndex index = new BlobIndex();
        index.addAll(rows);

        assertThat(index.count()).isEqualTo(10);
        assertThat(index.bytes()).isEqualTo(45 - 3 - 5 + 100 + 300);
        assertThat(index.find(digest(5))).contains(new Entry(300, 3, 3, 3, false));
        assertThat(evictionOrder(index))
                .containsExactlyElementsOf(IntStream.of(0, 1, 2, 4, 6, 7, 8, 9, 5, 3)
                        .mapToObj(IndexTest::digest)
                        .toList());
    }

    @Test
    void knowsSizesBeyondFourGibibytes() throws IOException {
        BlobIndex index = filled(10);
        long large = (5L << 32) + 7;
        index.put(digest(4), new Entry(large, 1, 1, 1, false));
        index.put(digest(4), new Entry(large + 1, 1, 1, 1, false));
        file(index).save();
        BlobIndex read = new BlobIndex();
        file(read).load();

        assertThat(read.find(digest(4)).orElseThrow().size()).isEqualTo(large + 1);
        assertThat(read.bytes()).isEqualTo(45 - 4 + large + 1);
        read.remove(digest(4));
        read.put(digest(11), new Entry(3, 1, 1, 1, false));
        assertThat(read.find(digest(11)).orElseThrow().size()).isEqualTo(3);
    }

    private static BlobIndex filled(int blobs) {
        BlobIndex index = new BlobIndex();
        for (int i = 0; i < blobs; i++) {
            index.put(digest(i), new Entry(i, i + 1, i, i, false));
        }
        return index;
    }

    private IndexFile file(BlobIndex index) throws IOException {
        Disk disk = Disk.of(WrappedFs.quick(), root, incident -> {}, () -> NOW);
        disk.directories().ensure(disk.layout().temporary());
        return new IndexFile(disk, index);
    }

    @Test
    void saysPieceByPieceWhatASweepDidNotSee() {
        BlobIndex index = filled(1000);
        index.startSweep();
        IntStream.range(0, 1000).filter(i -> i % 100 != 7).forEach(i -> index.seen(digest(i)));
        index.put(digest(2000), new Entry(1, 0, 0, 0, false));
        List<Digest> unseen = new ArrayList<>();
        for (int start = 0; start < index.span(); start += 300) {
            unseen.addAll(index.unseen(start, 300));
        }

        assertThat(unseen)
                .containsExactlyElementsOf(IntStream.range(0, 10)
                        .mapToObj(hundred -> digest(hundred * 100 + 7))
                        .toList());
    }

    @Test
    void writesNothingIfNothingChanged() throws IOException {
        IndexFile file = file(filled(10));
        file.save();
        Object before = Files.getAttribute(root.resolve("index"), "unix:ino");
        file.save();

        assertThat(Files.getAttribute(root.resolve("index"), "unix:ino")).isEqualTo(before);
    }

    @Test
    void saysWhichBlobsWereVerifiedTheLongestAgo() {
        BlobIndex index = filled(1000);

        assertThat(index.unverifiedSince(Instant.ofEpochSecond(500), 3))
                .extracting(Held::digest)
                .containsExactly(digest(0), digest(1), digest(2));
        assertThat(index.unverifiedSince(Instant.ofEpochSecond(2), 10)).hasSize(2);
    }

    /** What a start after a million blobs costs; run with -Dtest.excluded= (the figures are printed). */
    @Test
    @Tag("long")
    void aMillionBlobsAreReadyAndSmall() throws IOException {
        long before = heap();
        BlobIndex index = new BlobIndex();
        byte[] hash = new byte[32];
        Random random = new Random(1);
        for (int i = 0; i < 1_000_000; i++) {
            random.nextBytes(hash);
            index.put(Digest.ofHash(Algorithm.SHA256, hash), new Entry(i, i + 1, i, i, false));
        }
        long bytes = heap() - before;
        long saving = System.nanoTime();
        file(index).save();
        long loading = System.nanoTime();
        BlobIndex read = new BlobIndex();
        file(read).load();
        long loaded = System.nanoTime();
        IntStream.range(0, 500_000)
                .forEach(i -> read.remove(read.victim(digest -> false).orElseThrow()));
        long evicted = System.nanoTime();
        System.out.printf(
                "1,000,000 blobs: heap %d MB, written in %d ms, read in %d ms, evicted in %d ns each%n",
                bytes >> 20,
                (loading - saving) / 1_000_000,
                (loaded - loading) / 1_000_000,
                (evicted - loaded) / 500_000);

        assertThat(read.count()).isEqualTo(500_000);
        assertThat(bytes).isLessThan(100L << 20);
    }

    private static long heap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
