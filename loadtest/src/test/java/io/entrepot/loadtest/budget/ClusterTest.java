package io.entrepot.loadtest.budget;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.loadtest.budget.Cluster.Step;
import io.entrepot.oci.Digest;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterTest {

    private static final Duration DAY = Duration.ofHours(24);

    private final Cluster cluster = new Cluster(500, 200, 6_000, DAY, 7);

    @Test
    void doesTheSameEachTime() {
        assertThat(new Cluster(500, 200, 6_000, DAY, 7).steps()).isEqualTo(cluster.steps());
    }

    @Test
    void pullsFromAllItsNodesAllItsImagesInOrder() {
        List<Step> pulls =
                cluster.steps().stream().filter(step -> !step.moves()).toList();

        assertThat(cluster.steps()).isSortedAccordingTo(Comparator.comparing(Step::at));
        assertThat(pulls).hasSize(6_000);
        assertThat(pulls.stream().map(Step::node).distinct()).hasSize(500);
        assertThat(pulls.stream().map(Step::image).distinct()).hasSize(200);
    }

    @Test
    void movesSomeTagsSeveralTimesADay() {
        assertThat(cluster.steps().stream().filter(Step::moves).filter(step -> step.image() == 0))
                .hasSize(6);
        assertThat(cluster.steps().stream().filter(Step::moves)).hasSizeBetween(130, 180);
    }

    @Test
    void movesATagToWhatItWasNot() {
        try (FakeRegistry registry = FakeRegistry.start()) {
            cluster.pushTo(registry);
            Digest before = tag(registry);
            cluster.move(registry, 3);

            assertThat(tag(registry)).isNotEqualTo(before);
        }
    }

    private static Digest tag(FakeRegistry registry) {
        return RawHttp.get(registry.url("/v2/" + Cluster.repository(3) + "/manifests/" + Cluster.TAG))
                .digest();
    }
}
