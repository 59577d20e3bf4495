package io.entrepot.storage.disk;

import static io.entrepot.storage.disk.Content.HELLO;
import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.MediaType;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import io.entrepot.storage.ReferrersRecord;
import io.entrepot.storage.TagRecord;
import io.entrepot.storage.TagRecord.Seen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordsTest {

    private static final Repository ALPINE = new Repository(Registry.DOCKER_HUB, "library/alpine");
    private static final Tag LATEST = new Tag("latest");
    private static final Descriptor OLD = Content.manifest(Content.utf8("old"));
    private static final Descriptor NEW = Content.manifest(Content.utf8("new"));
    private static final Descriptor LAYER = Content.layer(HELLO);
    private static final Instant T0 = Instant.parse("2026-03-01T10:00:00.123456789Z");

    @TempDir
    Path root;

    private TestStore test;
    private DiskStore store;

    @BeforeEach
    void open() throws IOException {
        test = new TestStore(root);
        store = test.open();
    }

    @AfterEach
    void close() {
        store.close();
        assertThat(test.incidents).isEmpty();
    }

    private void reopen() throws IOException {
        store.close();
        store = test.open();
    }

    private TagRecord latest() throws IOException {
        return store.tags().find(ALPINE, LATEST).orElseThrow();
    }

    @Test
    void knowsNothingOfATagThatWasNeverSeen() throws IOException {
        assertThat(store.tags().find(ALPINE, LATEST)).isEmpty();
        assertThat(store.tags().list(ALPINE)).isEmpty();
        assertThat(root.resolve("repositories")).isEmptyDirectory();
    }

    @Test
    void keepsWhichIndexListedTheReferrersLast() throws IOException {
        store.links().referrers(ALPINE, LAYER.digest(), new ReferrersRecord(OLD, T0));
        store.links().referrers(ALPINE, LAYER.digest(), new ReferrersRecord(OLD, T0.plusSeconds(1)));
        reopen();

        assertThat(store.links().referrers(ALPINE, LAYER.digest())).contains(new ReferrersRecord(OLD, T0));
        store.links().referrers(ALPINE, LAYER.digest(), new ReferrersRecord(NEW, T0.plusSeconds(2)));
        assertThat(store.links().referrers(ALPINE, LAYER.digest()))
                .contains(new ReferrersRecord(NEW, T0.plusSeconds(2)));
        assertThat(store.links().referrers(ALPINE, NEW.digest())).isEmpty();
        assertThat(store.links().manifests(ALPINE)).isEmpty();
    }

    @Test
    void keepsEveryDigestThatATagHad() throws IOException {
        store.tags().saw(ALPINE, LATEST, OLD, T0);
        store.tags().saw(ALPINE, LATEST, NEW, T0.plusSeconds(1));
        store.tags().saw(ALPINE, LATEST, OLD, T0.plusSeconds(2));
        reopen();

        assertThat(latest().history())
                .containsExactly(
                        new Seen(OLD, T0, T0),
                        new Seen(NEW, T0.plusSeconds(1), T0.plusSeconds(1)),
                        new Seen(OLD, T0.plusSeconds(2), T0.plusSeconds(2)));
    }

    @Test
    void knowsAfterACleanRestartWhenATagWasLastSeen() throws IOException {
        store.tags().saw(ALPINE, LATEST, OLD, T0);
        store.tags().saw(ALPINE, LATEST, OLD, T0.plusSeconds(30));
        store.tags().saw(ALPINE, LATEST, NEW, T0.plusSeconds(60));
        store.tags().saw(ALPINE, LATEST, NEW, T0.plusSeconds(90));
        reopen();

        assertThat(latest().history())
                .containsExactly(
                        new Seen(OLD, T0, T0.plusSeconds(30)), new Seen(NEW, T0.plusSeconds(60), T0.plusSeconds(90)));
    }

    @Test
    void aRepetitionWritesNothingAtOnce() throws IOException {
        store.tags().saw(ALPINE, LATEST, OLD, T0);
        byte[] before = Files.readAllBytes(journal());
        store.tags().saw(ALPINE, LATEST, OLD, T0.plusSeconds(30));
        assertThat(journal()).hasBinaryContent(before);

        store.caretaker().save();
        assertThat(Files.readString(journal())).contains("still latest 2026-03-01T10:00:30.123456789Z ");
    }

    @Test
    void aTagThatIsGoneKeepsItsHistoryAndMayReturn() throws IOException {
        store.tags().saw(ALPINE, LATEST, OLD, T0);
        store.tags().gone(ALPINE, LATEST, T0.plusSeconds(1));
        reopen();
        assertThat(latest().gone()).isTrue();

        store.tags().saw(ALPINE, LATEST, OLD, T0.plusSeconds(2));
        reopen();
        assertThat(latest().gone()).isFalse();
        assertThat(latest().history()).hasSize(2);
    }

    @Test
    void listsTagsByName() throws IOException {
        for (String name : List.of("b", "c", "a")) {
            store.tags().saw(ALPINE, new Tag(name), OLD, T0);
        }

        assertThat(store.tags().list(ALPINE))
                .extracting(record -> record.tag().name())
                .containsExactly("a", "b", "c");
    }

    @Test
    void findsWhatAManifestNames() throws IOException {
        store.links().link(ALPINE, OLD, List.of(LAYER));
        reopen();

        assertThat(store.links().find(ALPINE, OLD.digest())).contains(OLD);
        assertThat(store.links().find(ALPINE, LAYER.digest())).contains(LAYER);
        assertThat(store.links().manifests(ALPINE)).containsExactly(OLD);
    }

    @Test
    void linksBelongToOneRepositoryAlone() throws IOException {
        store.links().link(ALPINE, OLD, List.of(LAYER));
        Repository busybox = new Repository(Registry.DOCKER_HUB, "library/busybox");

        assertThat(store.links().find(busybox, LAYER.digest())).isEmpty();
    }

    @Test
    void aManifestSaysMoreOfABlobThanTheBlobAlone() throws IOException {
        Descriptor typed = new Descriptor(MediaType.parse("application/x.layer"), LAYER.digest(), LAYER.size());
        store.links().link(ALPINE, LAYER);
        assertThat(store.links().find(ALPINE, LAYER.digest())).contains(LAYER);

        store.links().link(ALPINE, OLD, List.of(typed));
        assertThat(store.links().find(ALPINE, LAYER.digest())).contains(typed);
    }

    @Test
    void linkingAgainChangesNothing() throws IOException {
        store.links().link(ALPINE, OLD, List.of(LAYER));
        store.links().link(ALPINE, LAYER);
        byte[] before = Files.readAllBytes(journal());
        store.links().link(ALPINE, OLD, List.of(LAYER));
        store.links().link(ALPINE, LAYER);

        assertThat(journal()).hasBinaryContent(before);
    }

    @Test
    void aPersonCanReadTheJournal() throws IOException {
        store.tags().saw(ALPINE, LATEST, OLD, T0);
        store.links().link(ALPINE, OLD, List.of(LAYER));

        assertThat(Files.readAllLines(journal()))
                .containsExactly(
                        "saw latest application/vnd.oci.image.manifest.v1+json " + OLD.digest()
                                + " 3 2026-03-01T10:00:00.123456789Z " + crc(0),
                        "link application/vnd.oci.image.manifest.v1+json " + OLD.digest()
                                + " 3 application/octet-stream " + LAYER.digest() + " 16 " + crc(1));
    }

    private String crc(int line) throws IOException {
        String text = Files.readAllLines(journal()).get(line);
        assertThat(JournalLine.parse(Content.utf8(text))).isPresent();
        return text.substring(text.length() - 8);
    }

    @Test
    void anyRepositoryHasAPlaceThatNoOtherHas() throws IOException {
        List<Repository> all = List.of(
                new Repository(Registry.parse("registry.corp:5000"), "a"),
                new Repository(Registry.parse("registry.corp"), "a"),
                new Repository(Registry.parse("[::1]:5000"), "a"),
                new Repository(Registry.parse("registry.corp"), "a/journal"),
                new Repository(Registry.parse("registry.corp"), "a/journal/tmp/index"),
                new Repository(Registry.parse("registry.corp"), "blobs"));
        for (int i = 0; i < all.size(); i++) {
            store.tags().saw(all.get(i), LATEST, OLD, T0.plusSeconds(i));
        }
        reopen();
        store.caretaker().sweepNow();

        for (int i = 0; i < all.size(); i++) {
            assertThat(store.tags()
                            .find(all.get(i), LATEST)
                            .orElseThrow()
                            .earliest()
                            .first())
                    .isEqualTo(T0.plusSeconds(i));
        }
    }

    @Test
    void aJournalOfStaleLinesIsWrittenAnew() throws IOException {
        for (int i = 0; i < 600; i++) {
            store.tags().saw(ALPINE, LATEST, OLD, T0.plusSeconds(i));
            store.caretaker().save();
        }
        assertThat(Files.readAllLines(journal())).hasSizeLessThan(300);

        reopen();
        assertThat(latest().history()).containsExactly(new Seen(OLD, T0, T0.plusSeconds(599)));
    }

    @Test
    void writingAnewKeepsEverything() throws IOException {
        store.tags().saw(ALPINE, LATEST, OLD, T0);
        store.tags().gone(ALPINE, LATEST, T0.plusSeconds(1));
        store.tags().saw(ALPINE, LATEST, OLD, T0.plusSeconds(2));
        store.tags().gone(ALPINE, LATEST, T0.plusSeconds(3));
        store.links().link(ALPINE, OLD, List.of(LAYER));
        store.links().link(ALPINE, NEW);
        TagRecord before = latest();
        for (int i = 0; i < 600; i++) {
            store.tags().saw(ALPINE, new Tag("busy"), OLD, T0.plusSeconds(i));
            store.caretaker().save();
        }
        reopen();

        assertThat(latest()).isEqualTo(before);
        assertThat(store.links().find(ALPINE, LAYER.digest())).contains(LAYER);
        assertThat(store.links().find(ALPINE, NEW.digest())).contains(NEW);
    }

    private Path journal() {
        return new Layout(root).journal(ALPINE);
    }
}
