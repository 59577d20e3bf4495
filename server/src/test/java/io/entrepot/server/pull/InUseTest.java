package io.entrepot.server.pull;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.oci.Digest;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.MediaType;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Who may go on reading an image that is refused from now on, and for how long. */
class InUseTest {

    private static final Repository APP = new Repository(Registry.DOCKER_HUB, "acme/app");
    private static final Repository OTHER = new Repository(Registry.DOCKER_HUB, "acme/other");
    private static final Manifest IMAGE = manifest();
    private static final Digest LAYER = digest("layer");
    private static final Duration HOUR = Duration.ofHours(1);

    private final AtomicLong nanos = new AtomicLong();
    private final InUse inUse = new InUse(nanos::get);

    @Test
    void whoWasGivenTheImageAndReadTheLayerGoesOn() {
        inUse.gave("10.0.0.7", APP, IMAGE.descriptor().digest());
        inUse.read("10.0.0.7", APP, LAYER);

        assertThat(goesOn("10.0.0.7", APP)).isTrue();
    }

    @Test
    void whoNeverReadTheLayerDoesNot() {
        inUse.gave("10.0.0.7", APP, IMAGE.descriptor().digest());

        assertThat(goesOn("10.0.0.7", APP)).isFalse();
    }

    @Test
    void whoWasNeverGivenTheImageDoesNot() {
        inUse.read("10.0.0.7", APP, LAYER);

        assertThat(goesOn("10.0.0.7", APP)).isFalse();
    }

    @Test
    void anotherClientOrRepositoryDoesNot() {
        inUse.gave("10.0.0.7", APP, IMAGE.descriptor().digest());
        inUse.read("10.0.0.7", APP, LAYER);

        assertThat(goesOn("10.0.0.8", APP)).isFalse();
        assertThat(goesOn("10.0.0.7", OTHER)).isFalse();
    }

    @Test
    void theGraceCountsFromTheFirstRefusal() {
        inUse.gave("10.0.0.7", APP, IMAGE.descriptor().digest());
        inUse.read("10.0.0.7", APP, LAYER);
        nanos.addAndGet(Duration.ofDays(2).toNanos());

        assertThat(goesOn("10.0.0.7", APP)).isTrue();
        nanos.addAndGet(HOUR.toNanos());
        assertThat(goesOn("10.0.0.7", APP)).isTrue();
        nanos.addAndGet(1);
        assertThat(goesOn("10.0.0.7", APP)).isFalse();
    }

    @Test
    void whatIsAllowedAgainBeginsAnew() {
        inUse.gave("10.0.0.7", APP, IMAGE.descriptor().digest());
        inUse.read("10.0.0.7", APP, LAYER);
        goesOn("10.0.0.7", APP);
        nanos.addAndGet(HOUR.toNanos() + 1);
        inUse.read("10.0.0.7", APP, LAYER);

        assertThat(goesOn("10.0.0.7", APP)).isTrue();
    }

    @Test
    void withoutGraceNobodyGoesOn() {
        inUse.gave("10.0.0.7", APP, IMAGE.descriptor().digest());
        inUse.read("10.0.0.7", APP, LAYER);

        assertThat(inUse.goesOn("10.0.0.7", APP, LAYER, List.of(IMAGE.descriptor()), Duration.ZERO))
                .isFalse();
    }

    private boolean goesOn(String client, Repository repository) {
        return inUse.goesOn(client, repository, LAYER, List.of(IMAGE.descriptor()), HOUR);
    }

    private static Manifest manifest() {
        byte[] bytes = "{\"schemaVersion\":2,\"layers\":[]}".getBytes(StandardCharsets.UTF_8);
        return Manifest.parse(Digest.of(bytes), bytes, MediaType.OCI_MANIFEST);
    }

    private static Digest digest(String content) {
        return Digest.of(content.getBytes(StandardCharsets.UTF_8));
    }
}
