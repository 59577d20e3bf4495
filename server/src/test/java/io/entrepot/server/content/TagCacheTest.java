package io.entrepot.server.content;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.MediaType;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import io.entrepot.storage.TagPin;
import io.entrepot.storage.TagRecord;
import io.entrepot.storage.disk.DiskStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is known of tags when the store works, and when it does not. */
class TagCacheTest {

    private static final Repository REPOSITORY = new Repository(Registry.DOCKER_HUB, "library/alpine");
    private static final Tag TAG = new Tag("1");
    private static final Descriptor ONE = manifest("one");
    private static final Descriptor OTHER = manifest("other");
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    private DiskStore store;
    private TagCache tags;
    private volatile boolean busy;
    private int hops;

    @BeforeEach
    void open(@TempDir Path dir) throws IOException {
        store = DiskStore.open(dir.resolve("store"), DiskStore.Options.of(1_000_000), incident -> {});
        tags = new TagCache(new Store(store.blobs(), store.tags(), store.links(), this::run));
    }

    private void run(Runnable work) {
        if (busy) {
            throw new RejectedExecutionException();
        }
        hops++;
        work.run();
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void keepsTheHistoryWhenARecordCannotBeWritten() {
        tags.saw(REPOSITORY, TAG, ONE, NOON).join();
        busy = true;

        TagRecord moved = tags.saw(REPOSITORY, TAG, OTHER, NOON.plusSeconds(1)).join();

        assertThat(moved.earliest().manifest()).isEqualTo(ONE);
        assertThat(moved.latest().manifest()).isEqualTo(OTHER);
        assertThat(tags.find(REPOSITORY, TAG).join()).contains(moved);
    }

    @Test
    void remembersATagThatIsGone() {
        tags.saw(REPOSITORY, TAG, ONE, NOON).join();

        tags.gone(REPOSITORY, TAG, NOON.plusSeconds(1)).join();

        assertThat(tags.find(REPOSITORY, TAG).join())
                .hasValueSatisfying(record -> assertThat(record.gone()).isTrue());
        assertThat(tags.names(REPOSITORY).join()).isEmpty();
    }

    @Test
    void findsTheTagsOfAHotDigestWithoutAskingTheStore() {
        tags.saw(REPOSITORY, TAG, ONE, NOON).join();
        assertThat(under(ONE)).extracting(TagSighting::tag).containsExactly(TAG);
        int before = hops;

        assertThat(under(ONE)).extracting(TagSighting::tag).containsExactly(TAG);
        assertThat(hops).isEqualTo(before);
    }

    @Test
    void seesEveryChangeOfWhatADigestStandsUnder() {
        tags.saw(REPOSITORY, TAG, ONE, NOON).join();
        assertThat(under(OTHER)).isEmpty();
        tags.saw(REPOSITORY, TAG, OTHER, NOON.plusSeconds(1)).join();
        assertThat(under(OTHER)).containsExactly(new TagSighting(TAG, Optional.empty(), false, false, false));

        tags.beginAge(REPOSITORY, TAG, NOON).join();
        assertThat(under(OTHER)).containsExactly(new TagSighting(TAG, Optional.of(NOON), false, false, false));

        tags.propose(REPOSITORY, TAG, new TagPin(ONE.digest(), "", NOON, false)).join();
        assertThat(under(ONE)).containsExactly(new TagSighting(TAG, Optional.empty(), true, false, true));

        tags.promote(REPOSITORY, TAG, Optional.of(OTHER.digest()), "ops", NOON).join();
        assertThat(under(ONE)).containsExactly(new TagSighting(TAG, Optional.empty(), true, false, false));
        assertThat(under(OTHER)).containsExactly(new TagSighting(TAG, Optional.of(NOON), false, true, false));

        tags.saw(REPOSITORY, new Tag("2"), OTHER, NOON).join();
        assertThat(under(OTHER)).extracting(TagSighting::tag).containsExactly(TAG, new Tag("2"));
    }

    @Test
    void beginsAnAgeThatCountsAlreadyForNothing() {
        tags.saw(REPOSITORY, TAG, ONE, NOON).join();
        tags.beginAge(REPOSITORY, TAG, NOON).join();
        int before = hops;

        tags.beginAge(REPOSITORY, TAG, NOON.plusSeconds(9)).join();
        assertThat(hops).isEqualTo(before);
        assertThat(tags.find(REPOSITORY, TAG).join().orElseThrow().since(ONE.digest()))
                .contains(NOON);
    }

    @Test
    void anAgeThatCannotBeWrittenCountsInMemory() {
        tags.saw(REPOSITORY, TAG, ONE, NOON).join();
        busy = true;
        tags.beginAge(REPOSITORY, TAG, NOON).join();

        assertThat(tags.find(REPOSITORY, TAG).join().orElseThrow().since(ONE.digest()))
                .contains(NOON);
    }

    @Test
    void aPinThatCannotBeWrittenIsNone() {
        tags.saw(REPOSITORY, TAG, ONE, NOON).join();
        busy = true;

        assertThat(tags.propose(REPOSITORY, TAG, new TagPin(ONE.digest(), "", NOON, false)))
                .isCompletedExceptionally();
        assertThat(tags.find(REPOSITORY, TAG).join().orElseThrow().facts().pin())
                .isEmpty();
    }

    @Test
    void whatWasHeldInMemoryAloneDoesNotHideWhatIsWrittenLater() {
        tags.saw(REPOSITORY, TAG, ONE, NOON).join();
        Descriptor third = manifest("third");
        assertThat(under(third)).isEmpty();
        busy = true;
        tags.saw(REPOSITORY, TAG, OTHER, NOON.plusSeconds(1)).join();
        busy = false;
        tags.saw(REPOSITORY, TAG, third, NOON.plusSeconds(2)).join();

        assertThat(under(third)).extracting(TagSighting::tag).containsExactly(TAG);
    }

    @Test
    void seesEveryManifestThatComesToNameABlob() {
        LinkCache links = new LinkCache(new Store(store.blobs(), store.tags(), store.links(), this::run));
        Manifest one = image("one");
        Manifest two = image("two");
        Digest layer = one.children().get(0).digest();
        assertThat(links.naming(REPOSITORY, layer).join()).isEmpty();
        links.link(REPOSITORY, one).join();
        assertThat(links.naming(REPOSITORY, layer).join()).containsExactly(one.descriptor());
        int before = hops;
        assertThat(links.naming(REPOSITORY, layer).join()).containsExactly(one.descriptor());
        assertThat(hops).isEqualTo(before);

        links.link(REPOSITORY, two).join();
        assertThat(links.naming(REPOSITORY, layer).join()).containsExactly(two.descriptor(), one.descriptor());
    }

    private static Manifest image(String name) {
        byte[] bytes = ("{\"schemaVersion\":2,\"layers\":[{\"mediaType\":\"application/vnd.test.layer\",\"digest\":\""
                        + ONE.digest() + "\",\"size\":1}],\"annotations\":{\"name\":\"" + name + "\"}}")
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return Manifest.parse(Digest.of(bytes), bytes, MediaType.OCI_MANIFEST);
    }

    private List<TagSighting> under(Descriptor manifest) {
        return tags.under(REPOSITORY, manifest.digest()).join();
    }

    private static Descriptor manifest(String text) {
        return new Descriptor(MediaType.OCI_MANIFEST, Digest.of(text.getBytes()), 1);
    }
}
