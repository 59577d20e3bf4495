package io.entrepot.storage.disk;

import static io.entrepot.storage.disk.Content.HELLO;
import static io.entrepot.storage.disk.Content.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import io.entrepot.storage.TagFacts.Return;
import io.entrepot.storage.TagPin;
import io.entrepot.storage.TagRecord;
import io.entrepot.storage.TagRecord.Seen;
import io.entrepot.storage.TagStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was decided about the digests of a tag, over restarts and when the journal is written anew. */
class TagFactsTest {

    private static final Repository ALPINE = new Repository(Registry.DOCKER_HUB, "library/alpine");
    private static final Tag LATEST = new Tag("latest");
    private static final Descriptor OLD = Content.manifest(utf8("old"));
    private static final Descriptor NEW = Content.manifest(utf8("new"));
    private static final Descriptor NEWEST = Content.manifest(utf8("newest"));
    private static final Instant T0 = Instant.parse("2026-03-01T10:00:00Z");

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

    private TagStore tags() {
        return store.tags();
    }

    private TagRecord latest() throws IOException {
        return tags().find(ALPINE, LATEST).orElseThrow();
    }

    private void saw(Descriptor manifest, long second) throws IOException {
        tags().saw(ALPINE, LATEST, manifest, T0.plusSeconds(second));
    }

    private static TagPin proposed(Descriptor manifest, String by) {
        return new TagPin(manifest.digest(), by, T0, false);
    }

    private static TagPin promoted(Descriptor manifest, String by) {
        return new TagPin(manifest.digest(), by, T0, true);
    }

    @Test
    void theAgeOfADigestBeginsOnceAndNotByBeingSeen() throws IOException {
        saw(OLD, 0);
        assertThat(latest().since(OLD.digest())).isEmpty();

        tags().aged(ALPINE, LATEST, OLD.digest(), T0.plusSeconds(5));
        tags().aged(ALPINE, LATEST, OLD.digest(), T0.plusSeconds(9));
        saw(NEW, 10);
        reopen();

        assertThat(latest().since(OLD.digest())).contains(T0.plusSeconds(5));
        assertThat(latest().since(NEW.digest())).isEmpty();
    }

    @Test
    void anAgeWritesNothingAtOnce() throws IOException {
        saw(OLD, 0);
        byte[] before = Files.readAllBytes(journal());
        tags().aged(ALPINE, LATEST, OLD.digest(), T0);
        assertThat(journal()).hasBinaryContent(before);

        store.caretaker().save();
        assertThat(Files.readString(journal())).contains("age latest " + OLD.digest() + " 2026-03-01T10:00:00Z ");
    }

    @Test
    void theAgeUnderOneTagIsNotThatUnderAnother() throws IOException {
        saw(OLD, 0);
        tags().saw(ALPINE, new Tag("other"), OLD, T0);
        tags().aged(ALPINE, LATEST, OLD.digest(), T0);

        assertThat(tags().find(ALPINE, new Tag("other")).orElseThrow().since(OLD.digest()))
                .isEmpty();
    }

    @Test
    void nothingIsDecidedAboutATagThatWasNeverSeen() throws IOException {
        assertThat(tags().aged(ALPINE, LATEST, OLD.digest(), T0)).isEmpty();
        assertThat(tags().pin(ALPINE, LATEST, promoted(OLD, "ops"))).isEmpty();
        assertThat(tags().returned(ALPINE, LATEST, new Return(OLD.digest(), T0)))
                .isEmpty();
        assertThat(root.resolve("repositories")).isEmptyDirectory();
    }

    @Test
    void theFirstProposalStays() throws IOException {
        saw(OLD, 0);
        saw(NEW, 1);
        tags().pin(ALPINE, LATEST, proposed(OLD, "alice & bob, Zürich"));
        tags().pin(ALPINE, LATEST, proposed(NEW, "eve"));
        reopen();

        assertThat(latest().facts().pin()).contains(proposed(OLD, "alice & bob, Zürich"));
    }

    @Test
    void aPromotedPinTakesThePlaceOfAnyOther() throws IOException {
        saw(OLD, 0);
        saw(NEW, 1);
        tags().pin(ALPINE, LATEST, proposed(OLD, ""));
        tags().pin(ALPINE, LATEST, promoted(OLD, "ops"));
        assertThat(latest().facts().pin()).contains(promoted(OLD, "ops"));

        tags().pin(ALPINE, LATEST, promoted(NEW, "ops"));
        tags().pin(ALPINE, LATEST, proposed(OLD, "eve"));
        reopen();
        assertThat(latest().facts().pin()).contains(promoted(NEW, "ops"));
    }

    @Test
    void aTagIsNotPinnedToADigestThatItNeverHad() throws IOException {
        saw(OLD, 0);
        tags().pin(ALPINE, LATEST, promoted(NEW, "ops"));
        tags().pin(ALPINE, LATEST, proposed(NEW, "eve"));

        assertThat(latest().facts().pin()).isEmpty();
    }

    @Test
    void ofTwoFirstPullsAtOnceOneProposesAndBothSeeTheSame() throws Exception {
        saw(OLD, 0);
        saw(NEW, 1);
        ExecutorService two = Executors.newFixedThreadPool(2);
        try {
            List<Callable<TagRecord>> pulls = List.of(
                    () -> tags().pin(ALPINE, LATEST, proposed(OLD, "one")).orElseThrow(),
                    () -> tags().pin(ALPINE, LATEST, proposed(NEW, "two")).orElseThrow());
            List<Future<TagRecord>> done = two.invokeAll(pulls);

            assertThat(done.get(0).get().facts().pin())
                    .isEqualTo(done.get(1).get().facts().pin())
                    .isPresent();
        } finally {
            two.shutdownNow();
        }
    }

    @Test
    void aReturnIsNoNewsUntilItIsPromoted() throws IOException {
        saw(OLD, 0);
        saw(NEW, 1);
        saw(OLD, 2);
        assertThat(latest().forward()).extracting(Seen::manifest).containsExactly(OLD, NEW);
        Return open = latest().openReturn().orElseThrow();
        assertThat(open).isEqualTo(new Return(OLD.digest(), T0.plusSeconds(2)));

        tags().returned(ALPINE, LATEST, open);
        reopen();
        assertThat(latest().forward()).extracting(Seen::manifest).containsExactly(OLD, NEW, OLD);
        assertThat(latest().openReturn()).isEmpty();
    }

    @Test
    void aPromotedReturnDoesNotAllowTheNextOne() throws IOException {
        saw(OLD, 0);
        saw(NEW, 1);
        saw(OLD, 2);
        tags().returned(ALPINE, LATEST, latest().openReturn().orElseThrow());
        saw(NEWEST, 3);
        saw(OLD, 4);

        assertThat(latest().forward()).extracting(Seen::manifest).containsExactly(OLD, NEW, OLD, NEWEST);
    }

    @Test
    void aTagThatWasGoneAndCameBackAsItWasDidNotReturn() throws IOException {
        saw(OLD, 0);
        tags().gone(ALPINE, LATEST, T0.plusSeconds(1));
        saw(OLD, 2);
        assertThat(latest().openReturn()).isEmpty();

        saw(NEW, 3);
        saw(OLD, 4);
        tags().gone(ALPINE, LATEST, T0.plusSeconds(5));
        saw(OLD, 6);
        assertThat(latest().openReturn()).isPresent();
        assertThat(latest().forward().get(latest().forward().size() - 1).manifest())
                .isEqualTo(NEW);
    }

    @Test
    void writingAnewKeepsAllOfIt() throws IOException {
        saw(OLD, 0);
        saw(NEW, 1);
        saw(OLD, 2);
        tags().aged(ALPINE, LATEST, OLD.digest(), T0);
        tags().aged(ALPINE, LATEST, NEW.digest(), T0.plusSeconds(1));
        tags().pin(ALPINE, LATEST, proposed(NEW, ""));
        tags().returned(ALPINE, LATEST, latest().openReturn().orElseThrow());
        TagRecord before = latest();
        for (int i = 0; i < 600; i++) {
            tags().saw(ALPINE, new Tag("busy"), OLD, T0.plusSeconds(i));
            store.caretaker().save();
        }
        assertThat(Files.readAllLines(journal())).hasSizeLessThan(300);
        reopen();

        assertThat(latest()).isEqualTo(before);
    }

    @Test
    void readsAJournalFromBeforeThereWereSuchFacts() throws IOException {
        saw(OLD, 0);
        tags().gone(ALPINE, LATEST, T0.plusSeconds(1));
        assertThat(Files.readString(journal())).doesNotContain("age ", "pin ", "return ");
        reopen();

        assertThat(latest().facts().ages()).isEmpty();
        assertThat(latest().facts().pin()).isEmpty();
    }

    @Test
    void aPersonCanReadThem() throws IOException {
        saw(OLD, 0);
        tags().aged(ALPINE, LATEST, OLD.digest(), T0);
        tags().pin(ALPINE, LATEST, proposed(OLD, "alice b"));
        saw(NEW, 1);
        saw(OLD, 2);
        tags().returned(ALPINE, LATEST, latest().openReturn().orElseThrow());

        assertThat(Files.readString(journal()))
                .contains("\nage latest " + OLD.digest() + " 2026-03-01T10:00:00Z ")
                .contains("\npin latest " + OLD.digest() + " 2026-03-01T10:00:00Z proposed by=alice+b ")
                .contains("\nreturn latest " + OLD.digest() + " 2026-03-01T10:00:02Z ");
    }

    @Test
    void findsTheTagsThatHadADigest() throws IOException {
        saw(OLD, 0);
        saw(NEW, 1);
        tags().saw(ALPINE, new Tag("1"), OLD, T0);
        reopen();

        assertThat(tags().under(ALPINE, OLD.digest()))
                .extracting(record -> record.tag().name())
                .containsExactly("1", "latest");
        assertThat(tags().under(ALPINE, NEW.digest()))
                .extracting(TagRecord::tag)
                .containsExactly(LATEST);
        assertThat(tags().under(ALPINE, NEWEST.digest())).isEmpty();
    }

    @Test
    void findsTheManifestsThatNameContent() throws IOException {
        Descriptor layer = Content.layer(HELLO);
        store.links().link(ALPINE, OLD, List.of(layer, layer));
        store.links().link(ALPINE, NEW, List.of(layer));
        store.links().link(ALPINE, NEW, List.of(layer));
        assertThat(store.links().naming(ALPINE, layer.digest())).containsExactly(OLD, NEW);

        store.links().link(ALPINE, OLD, List.of());
        reopen();
        assertThat(store.links().naming(ALPINE, layer.digest())).containsExactly(NEW);
        assertThat(store.links().naming(ALPINE, OLD.digest())).isEmpty();
    }

    @Test
    void whatAManifestNamesCameByItsRepositoryOnceItWasSeenThere() throws IOException {
        Descriptor layer = Content.layer(HELLO);
        store.links().link(ALPINE, OLD, List.of(layer));
        assertThat(store.links().cameBy(ALPINE, OLD.digest())).isTrue();
        assertThat(store.links().cameBy(ALPINE, layer.digest())).isFalse();

        store.links().link(ALPINE, layer);
        reopen();

        assertThat(store.links().cameBy(ALPINE, layer.digest())).isTrue();
    }

    @Test
    void knowsItsRepositories() throws IOException {
        Repository app = new Repository(Registry.parse("registry.corp:5000"), "team/app");
        Repository below = new Repository(Registry.parse("registry.corp:5000"), "team/app/below");
        for (Repository each : List.of(ALPINE, app, below)) {
            tags().saw(each, LATEST, OLD, T0);
        }

        assertThat(tags().repositories()).containsExactlyInAnyOrder(ALPINE, app, below);
    }

    private Path journal() {
        return new Layout(root).journal(ALPINE);
    }
}
