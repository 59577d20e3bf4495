package io.entrepot.storage.disk;

import static io.entrepot.storage.disk.Content.HELLO;
import static io.entrepot.storage.disk.Content.HELLO_DIGEST;
import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import io.entrepot.storage.Incident;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damages the index and journals in every way, and opens the store. */
class DamageTest {

    private static final Repository ALPINE = new Repository(Registry.DOCKER_HUB, "library/alpine");
    private static final Instant T0 = Instant.parse("2026-03-01T10:00:00Z");
    private static final Descriptor MANIFEST = Content.manifest(HELLO);
    private static final int TAGS = 5;

    @TempDir(factory = InMemory.class)
    Path root;

    private TestStore test;
    private Path journal;

    @BeforeEach
    void fill() throws IOException {
        test = new TestStore(root);
        journal = new Layout(root).journal(ALPINE);
        try (DiskStore store = test.open()) {
            Content.put(store.blobs(), HELLO);
            for (int i = 0; i < TAGS; i++) {
                store.tags().saw(ALPINE, tag(i), MANIFEST, T0.plusSeconds(i));
            }
        }
    }

    private static Tag tag(int number) {
        return new Tag("v" + number);
    }

    private List<String> tags() throws IOException {
        try (DiskStore store = test.open()) {
            return store.tags().list(ALPINE).stream()
                    .map(record -> record.tag().name())
                    .toList();
        }
    }

    @Test
    void aJournalCutAnywhereKeepsEveryWholeLine() throws IOException {
        byte[] whole = Files.readAllBytes(journal);
        int[] ends = lineEnds(whole);
        for (int length = ends[TAGS - 4]; length < whole.length; length++) {
            Files.write(journal, Arrays.copyOf(whole, length));
            int lines = countUpTo(ends, length);

            assertThat(tags()).as("cut at %d", length).hasSize(lines);
        }
        assertThat(test.incidents).isEmpty();
    }

    @Test
    void aJournalThatWasCutIsWrittenOn() throws IOException {
        byte[] whole = Files.readAllBytes(journal);
        Files.write(journal, Arrays.copyOf(whole, whole.length - 20));
        try (DiskStore store = test.open()) {
            store.tags().saw(ALPINE, new Tag("next"), MANIFEST, T0);
        }

        assertThat(tags()).containsExactly("next", "v0", "v1", "v2", "v3");
        assertThat(test.incidents).isEmpty();
    }

    private static int[] lineEnds(byte[] text) {
        int[] ends = new int[TAGS];
        int line = 0;
        for (int i = 0; i < text.length; i++) {
            if (text[i] == '\n') {
                ends[line++] = i + 1;
            }
        }
        return ends;
    }

    private static int countUpTo(int[] ends, int length) {
        return (int) Arrays.stream(ends).filter(end -> end <= length).count();
    }

    @Test
    void aFlippedBitLosesOneLineAndKeepsTheEvidence() throws IOException {
        byte[] whole = Files.readAllBytes(journal);
        int[] ends = lineEnds(whole);
        for (int at = 0; at < ends[1]; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 1;
            Files.write(journal, damaged);

            int lost = whole[at] == '\n' ? 2 : 1;
            assertThat(tags()).as("bit at %d", at).hasSize(TAGS - lost);
            assertThat(test.incidents).as("bit at %d", at).hasSize(1);
            test.incidents.clear();
        }
        assertThat(Files.readAllBytes(newestSetAside())).hasSize(whole.length);
    }

    private Path newestSetAside() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve("set-aside"))) {
            return files.sorted().reduce((older, newer) -> newer).orElseThrow();
        }
    }

    @Test
    void saysHowManyRecordsWereLost() throws IOException {
        List<String> lines = Files.readAllLines(journal);
        lines.set(1, "#" + lines.get(1));
        lines.set(2, "#" + lines.get(2));
        Files.write(journal, lines);

        assertThat(tags()).containsExactly("v0", "v3", "v4");
        assertThat(test.incidents)
                .containsExactly(new Incident.Unreadable(
                        "repositories/docker.io/library/alpine/_journal",
                        "2 records; the damaged file: copied to set-aside/"));
    }

    @Test
    void aMendedJournalIsNotReportedAgain() throws IOException {
        List<String> lines = Files.readAllLines(journal);
        lines.set(1, "#" + lines.get(1));
        Files.write(journal, lines);
        tags();
        test.incidents.clear();

        assertThat(tags()).containsExactly("v0", "v2", "v3", "v4");
        assertThat(test.incidents).isEmpty();
    }

    @Test
    void garbageInPlaceOfAJournalIsSetAside() throws IOException {
        Files.write(journal, Content.random(1, 5000));

        assertThat(tags()).isEmpty();
        assertThat(test.incidents).hasSize(1);
    }

    @Test
    void aDirectoryInPlaceOfAJournalIsSetAside() throws IOException {
        Files.delete(journal);
        Files.createDirectory(journal);
        try (DiskStore store = test.open()) {
            store.tags().saw(ALPINE, tag(0), MANIFEST, T0);
        }

        assertThat(tags()).containsExactly("v0");
        assertThat(test.incidents).hasSize(1).allMatch(Incident.Foreign.class::isInstance);
    }

    @Test
    void anyDamageToTheIndexLosesNoBlob() throws IOException {
        byte[] whole = Files.readAllBytes(root.resolve("index"));
        Random random = new Random(1);
        for (int i = 0; i < 200; i++) {
            Files.write(root.resolve("index"), damaged(whole, random));
            try (DiskStore store = test.open()) {
                assertThat(Content.get(store.blobs(), HELLO_DIGEST)).contains(HELLO);
                store.caretaker().sweepNow();
                assertThat(store.blobs().usage().blobs()).isEqualTo(1);
                assertThat(store.blobs().usage().bytes()).isEqualTo(HELLO.length);
            }
        }
    }

    private static byte[] damaged(byte[] whole, Random random) {
        byte[] bytes = Arrays.copyOf(whole, random.nextInt(whole.length + 100));
        for (int i = random.nextInt(4); i > 0 && bytes.length > 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        return bytes;
    }

    @Test
    void anEmptyIndexIsReported() throws IOException {
        Files.write(root.resolve("index"), new byte[0]);
        tags();

        assertThat(test.incidents)
                .containsExactly(new Incident.Unreadable("index", "when some blobs were used and verified"));
    }

    @Test
    void theSweepForgetsWhatIsGoneAndFindsWhatIsNew() throws IOException {
        byte[] other = Content.utf8("copied here by hand");
        Layout layout = new Layout(root);
        try (DiskStore store = test.open()) {
            Files.delete(layout.blob(HELLO_DIGEST));
            Path copied = layout.blob(Content.layer(other).digest());
            Files.createDirectories(copied.getParent());
            Files.write(copied, other);
            store.caretaker().sweepNow();

            assertThat(store.blobs().list().map(held -> held.digest()))
                    .containsExactly(Content.layer(other).digest());
            assertThat(store.blobs().usage().bytes()).isEqualTo(other.length);
        }
    }
}
