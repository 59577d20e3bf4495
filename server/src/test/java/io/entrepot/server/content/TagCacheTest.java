package io.entrepot.server.content;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.MediaType;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import io.entrepot.storage.TagRecord;
import io.entrepot.storage.disk.DiskStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
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

    @BeforeEach
    void open(@TempDir Path dir) throws IOException {
        store = DiskStore.open(dir.resolve("store"), DiskStore.Options.of(1_000_000), incident -> {});
        tags = new TagCache(new Store(store.blobs(), store.tags(), store.links(), this::run));
    }

    private void run(Runnable work) {
        if (busy) {
            throw new RejectedExecutionException();
        }
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

    private static Descriptor manifest(String text) {
        return new Descriptor(MediaType.OCI_MANIFEST, Digest.of(text.getBytes()), 1);
    }
}
