package io.entrepot.storage.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.MediaType;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import io.entrepot.storage.BlobWriter;
import io.entrepot.storage.Lease;
import io.entrepot.storage.ReferrersRecord;
import io.entrepot.storage.disk.Garbage.Found;
import io.entrepot.storage.disk.Garbage.Kind;
import io.entrepot.storage.disk.Garbage.Limits;
import io.entrepot.storage.disk.Garbage.Piece;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class GarbageTest {

    private static final Repository APP = new Repository(new Registry("registry.corp"), "team/app");
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Limits LIMITS = new Limits(HOUR, Duration.ofDays(7), false);
    private static final Limits LOOK = new Limits(HOUR, Duration.ofDays(7), true);

    @TempDir
    private Path root;

    private TestStore files;
    private DiskStore store;

    @BeforeEach
    void open() throws IOException {
        files = new TestStore(root);
        store = files.open();
        store.caretaker().sweepNow();
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void removesABlobThatNothingNames() throws IOException {
        Digest digest = Content.put(store.blobs(), Content.HELLO);
        later(HOUR);

        assertThat(collect(LIMITS)).containsExactly(new Found(Kind.BLOB, digest.toString(), Content.HELLO.length));

        assertThat(store.blobs().size(digest)).isEmpty();
        assertThat(store.blobs().usage().bytes()).isZero();
    }

    @Test
    void onlyLooksIfAskedTo() throws IOException {
        Digest digest = Content.put(store.blobs(), Content.HELLO);
        Path left = Files.write(root.resolve("tmp/0123456789ab-7"), Content.HELLO);
        later(HOUR);

        assertThat(collect(LOOK)).extracting(Found::kind).containsExactly(Kind.TEMPORARY, Kind.BLOB);

        assertThat(store.blobs().size(digest)).isPresent();
        assertThat(left).exists();
    }

    @Test
    void keepsWhateverAJournalNames() throws IOException {
        Digest tagged = put(1);
        Digest before = put(2);
        Digest manifest = put(3);
        Digest child = put(4);
        Digest lone = put(5);
        Digest list = put(6);
        Digest nobodys = put(7);
        store.tags().saw(APP, new Tag("1"), descriptor(before), files.now);
        store.tags().saw(APP, new Tag("1"), descriptor(tagged), files.now);
        store.links().link(APP, descriptor(manifest), List.of(descriptor(child)));
        store.links().link(APP, descriptor(lone));
        store.links().referrers(APP, manifest, new ReferrersRecord(descriptor(list), files.now));
        later(HOUR);

        assertThat(collect(LIMITS)).extracting(Found::name).containsExactly(nobodys.toString());
    }

    @Test
    void keepsWhatIsNamedInAFileThatNobodyHasRead() throws IOException {
        Digest child = put(1);
        store.links().link(APP, descriptor(put(2)), List.of(descriptor(child)));
        store.close();
        store = files.open();
        store.caretaker().sweepNow();
        later(HOUR);

        assertThat(collect(LIMITS)).isEmpty();
    }

    @Test
    void keepsWhatWasUsedAMomentAgo() throws IOException {
        Digest digest = put(1);
        later(HOUR);
        store.blobs().used(digest);

        assertThat(collect(LIMITS)).isEmpty();
    }

    @Test
    void keepsWhatSomebodyReads() throws IOException {
        Digest digest = put(1);
        try (Lease lease = store.blobs().inspect(digest).orElseThrow()) {
            later(HOUR);

            assertThat(collect(LIMITS)).isEmpty();
            assertThat(collect(LOOK)).isEmpty();
            assertThat(lease.size()).isPositive();
        }
        assertThat(collect(LIMITS)).hasSize(1);
    }

    @Test
    void keepsWhatIsBeingWrittenAndRemovesWhatADownloadLeft() throws IOException {
        Path left = Files.write(root.resolve("tmp/0123456789ab-7"), Content.HELLO);
        try (BlobWriter writer = store.blobs().create(Content.HELLO_DIGEST, Content.HELLO.length)) {
            writer.append(ByteBuffer.wrap(Content.HELLO));

            assertThat(collect(LIMITS)).extracting(Found::name).containsExactly("tmp/0123456789ab-7");

            assertThat(writer.verify()).isTrue();
            writer.commit();
        }
        assertThat(left).doesNotExist();
        assertThat(Content.get(store.blobs(), Content.HELLO_DIGEST)).contains(Content.HELLO);
    }

    @Test
    void removesWhatWasSetAsideLongAgo() throws IOException {
        store.blobs().setAside(put(1), "test");
        later(Duration.ofDays(6));
        store.blobs().setAside(put(2), "test");
        later(Duration.ofDays(2));

        assertThat(collect(LIMITS)).extracting(Found::kind).containsExactly(Kind.SET_ASIDE);

        assertThat(store.caretaker().swept()).isCompleted();
        try (var rest = Files.list(root.resolve("set-aside"))) {
            assertThat(rest).hasSize(1);
        }
    }

    @Test
    void removesAJournalThatSaysNothingAndMakesItAnewWhenNeeded() throws IOException {
        Path journal = root.resolve("repositories/registry.corp/team/app/_journal");
        Files.createDirectories(journal.getParent());
        Files.createFile(journal);

        assertThat(collect(LIMITS)).extracting(Found::kind).containsExactly(Kind.JOURNAL);
        assertThat(journal).doesNotExist();

        Digest digest = put(1);
        store.links().link(APP, descriptor(digest));
        store.close();
        store = files.open();
        assertThat(store.links().find(APP, digest)).isPresent();
    }

    @Test
    void keepsTheHistoryOfTagsOfWhichNothingIsHeld() throws IOException {
        store.tags().saw(APP, new Tag("1"), descriptor(Content.HELLO_DIGEST), files.now);
        later(Duration.ofDays(365));

        assertThat(collect(LIMITS)).isEmpty();
        assertThat(store.tags().find(APP, new Tag("1"))).isPresent();
    }

    @Test
    void removesNoBlobWhileAJournalIsDamaged() throws IOException {
        Digest digest = put(1);
        Path journal = root.resolve("repositories/registry.corp/team/app/_journal");
        Files.createDirectories(journal.getParent());
        Files.writeString(journal, "blob no such line\n");
        later(HOUR);

        assertThatIOException()
                .isThrownBy(() -> collect(LIMITS))
                .withMessageContaining("the journal of registry.corp/team/app has 1 damaged lines");
        assertThat(store.blobs().size(digest)).isPresent();
    }

    @Test
    void keepsABlobThatIsNamedAfterTheJournalsWereRead() throws IOException {
        Digest old = put(1);
        later(HOUR);
        try (Garbage garbage = store.garbage(LIMITS)) {
            until(garbage, "journals");
            store.links().link(APP, descriptor(put(2)), List.of(descriptor(old)));

            assertThat(rest(garbage)).isEmpty();
        }
        assertThat(store.blobs().size(old)).isPresent();
    }

    @Test
    void keepsABlobThatComesAfterItStarted() throws IOException {
        try (Garbage garbage = store.garbage(new Limits(Duration.ZERO, HOUR, false))) {
            until(garbage, "naming");
            put(1);

            assertThat(rest(garbage)).isEmpty();
        }
        later(Duration.ofSeconds(1));
        assertThat(collect(new Limits(Duration.ZERO, HOUR, false))).hasSize(1);
    }

    @Test
    void refusesASecondOneUntilTheFirstEnds() throws IOException {
        try (Garbage first = store.garbage(LIMITS)) {
            assertThat(first.next()).isPresent();
            assertThatIllegalStateException().isThrownBy(() -> store.garbage(LIMITS));
        }
        assertThat(collect(LIMITS)).isEmpty();
    }

    /** Pulls name blobs that were held without a name, while they are collected: what was named first is never gone after. */
    @Test
    void neverRemovesWhatWasNamedFirstWhileManyPull() throws Exception {
        for (int round = 0; round < 20; round++) {
            List<Digest> unnamed = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                unnamed.add(put(round * 1000 + i));
            }
            later(HOUR);
            List<Digest> kept = raceWithPulls(unnamed, new Random(round));
            for (Digest digest : kept) {
                assertThat(store.blobs().size(digest))
                        .as("named, then held: %s", digest)
                        .isPresent();
            }
        }
    }

    /** Names blobs in random order and returns those that were held when their name was there. */
    private List<Digest> raceWithPulls(List<Digest> unnamed, Random random) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        CountDownLatch start = new CountDownLatch(1);
        try {
            Future<List<Digest>> pulls = threads.submit(() -> {
                start.await();
                return pull(unnamed, random);
            });
            Future<List<Found>> collected = threads.submit(() -> {
                start.await();
                return collect(LIMITS);
            });
            start.countDown();
            collected.get();
            return pulls.get();
        } finally {
            threads.shutdown();
        }
    }

    private List<Digest> pull(List<Digest> unnamed, Random random) throws IOException {
        List<Digest> held = new ArrayList<>();
        for (int i = 0; i < unnamed.size(); i++) {
            Digest digest = unnamed.get(random.nextInt(unnamed.size()));
            Repository repository = new Repository(new Registry("registry.corp"), "pull/r" + random.nextInt(5));
            store.links().link(repository, descriptor(digest));
            if (store.blobs().size(digest).isPresent()) {
                held.add(digest);
            }
        }
        return held;
    }

    private Digest put(int seed) throws IOException {
        return Content.put(store.blobs(), Content.random(seed, 20));
    }

    private static Descriptor descriptor(Digest digest) {
        return new Descriptor(MediaType.OCI_MANIFEST, digest, 20);
    }

    private void later(Duration time) {
        files.now = files.now.plus(time);
    }

    private List<Found> collect(Limits limits) throws IOException {
        try (Garbage garbage = store.garbage(limits)) {
            return rest(garbage);
        }
    }

    private static List<Found> rest(Garbage garbage) throws IOException {
        List<Found> found = new ArrayList<>();
        for (Optional<Piece> piece = garbage.next(); piece.isPresent(); piece = garbage.next()) {
            found.addAll(piece.get().found());
        }
        return found;
    }

    private static void until(Garbage garbage, String step) throws IOException {
        while (!garbage.next().orElseThrow().step().equals(step)) {
            continue;
        }
    }
}
