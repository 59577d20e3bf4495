package io.entrepot.server.bypass;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.RawHttp.Response;
import io.entrepot.loadtest.TestImage;
import io.entrepot.server.BlockHoundSetup;
import io.entrepot.server.LeakCheck;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What is asked to be old enough is not hurried by anything that a client, or an upstream, can do. */
@Timeout(120)
@ExtendWith({BlockHoundSetup.class, LeakCheck.class})
class AgeTest {

    private static final String APP = "/v2/docker.io/acme/app/";
    private static final Duration DAYS = Duration.ofHours(73);
    private static final String OLD =
            "policy: { rules: [ { name: cool-down, match: { repositories: [\"docker.io/acme/*\"] }, require: { min-age: 72h } } ] }";

    private final TestImage first =
            ImageBuilder.image().seed(1).platform("linux/amd64").layer(5_000).build();
    private final TestImage second =
            ImageBuilder.image().seed(2).platform("linux/amd64").layer(6_000).build();

    @TempDir
    private Path dir;

    private PolicyMirror mirror;

    private void start(String policy) throws Exception {
        mirror = PolicyMirror.start(dir, policy);
        mirror.registry.push("acme/app", "1", first);
    }

    @AfterEach
    void stop() {
        if (mirror != null) {
            mirror.close();
        }
    }

    @Test
    void theFirstPullBeginsTheAgeAndIsRefused() throws Exception {
        start(OLD);

        Response refused = mirror.get(APP + "manifests/1");

        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.reason()).contains("72h", "cool-down");
        assertThat(mirror.status(APP + "manifests/" + first.digest())).isEqualTo(403);
        assertThat(mirror.status(APP + "blobs/" + first.layer(0).digest())).isBetween(403, 404);

        mirror.restartAfter(DAYS, OLD);

        assertThat(mirror.status(APP + "manifests/1")).isEqualTo(200);
        assertThat(mirror.status(APP + "manifests/" + first.digest())).isEqualTo(200);
        assertThat(mirror.status(APP + "blobs/" + first.layer(0).digest())).isEqualTo(200);
    }

    @Test
    void aTagThatMovedMeansWhatIsOldEnoughUntilTheNewIs() throws Exception {
        start(OLD);
        mirror.status(APP + "manifests/1");
        mirror.restartAfter(DAYS, OLD);
        mirror.registry.push("acme/app", "1", second);

        assertThat(mirror.get(APP + "manifests/1").digest()).isEqualTo(first.digest());
        assertThat(mirror.status(APP + "manifests/" + second.digest())).isEqualTo(403);

        mirror.restartAfter(DAYS, OLD);

        assertThat(mirror.get(APP + "manifests/1").digest()).isEqualTo(second.digest());
        assertThat(mirror.status(APP + "manifests/" + second.digest())).isEqualTo(200);
        assertThat(mirror.status(APP + "manifests/" + first.digest())).isEqualTo(200);
    }

    @Test
    void whatWasAskedForByDigestIsNoOlderUnderATag() throws Exception {
        start(OLD);
        assertThat(mirror.status(APP + "manifests/" + first.digest())).isEqualTo(403);

        mirror.restartAfter(DAYS, OLD);

        assertThat(mirror.status(APP + "manifests/1")).isEqualTo(403);
    }

    @Test
    void whatIsOldUnderOneTagIsNoOlderUnderAnotherNorInAnotherRepository() throws Exception {
        String policy = "policy: { rules: [ { name: edge, match: { tags: [edge] }, allow: true },"
                + " { name: cool-down, match: {}, require: { min-age: 72h } } ] }";
        start(policy);
        mirror.registry.push("acme/app", "edge", first);
        mirror.registry.push("acme/other", "1", first);
        assertThat(mirror.status(APP + "manifests/edge")).isEqualTo(200);

        mirror.restartAfter(DAYS, policy);

        assertThat(mirror.status(APP + "manifests/1")).isEqualTo(403);
        assertThat(mirror.status("/v2/docker.io/acme/other/manifests/1")).isEqualTo(403);
        assertThat(mirror.status(APP + "manifests/" + first.digest())).isEqualTo(200);
    }

    @Test
    void whatIsRefusedForAnotherReasonGetsNoOlder() throws Exception {
        start("policy: { rules: [ { name: both, match: {}, require: { min-age: 72h, max-size: 1KiB } } ] }");
        assertThat(mirror.status(APP + "manifests/1")).isEqualTo(403);

        mirror.restartAfter(DAYS, OLD);

        assertThat(mirror.status(APP + "manifests/1")).isEqualTo(403);
    }

    @Test
    void whatIsRefusedByNameGetsNoOlder() throws Exception {
        start("policy: { rules: [ { name: nobody, match: { tags: [\"1\"] }, deny: \"no\" } ] }");
        assertThat(mirror.status(APP + "manifests/1")).isEqualTo(403);

        mirror.restartAfter(DAYS, OLD);

        assertThat(mirror.status(APP + "manifests/1")).isEqualTo(403);
    }

    @Test
    void whatWasThereWhenTheRuleAppearedIsOldEnoughForItsBaseline() throws Exception {
        String policy =
                "policy: { rules: [ { name: cool-down, match: {}, require: { min-age: 72h, baseline: 24h } } ] }";
        start(policy);
        mirror.status(APP + "manifests/1");

        assertThat(mirror.status(APP + "manifests/1")).isEqualTo(200);

        mirror.restartAfter(Duration.ofHours(25), policy);
        mirror.registry.push("acme/app", "1", second);

        assertThat(mirror.get(APP + "manifests/1").digest()).isEqualTo(first.digest());
    }

    @Test
    void anImageIsAsOldAsTheIndexThatNamesIt() throws Exception {
        TestImage index = ImageBuilder.index().add(first).add(second).build();
        start(OLD);
        mirror.registry.push("acme/app", "multi", index);
        mirror.status(APP + "manifests/multi");
        assertThat(mirror.status(APP + "manifests/" + second.digest())).isEqualTo(403);

        mirror.restartAfter(DAYS, OLD);

        assertThat(mirror.status(APP + "manifests/multi")).isEqualTo(200);
        assertThat(mirror.status(APP + "manifests/" + second.digest())).isEqualTo(200);
        assertThat(mirror.status(APP + "blobs/" + second.layer(0).digest())).isEqualTo(200);
    }

    @Test
    void anExemptionLetsADigestByForItsReason() throws Exception {
        start("policy: { rules: [ { name: cool-down, match: {}, require: { min-age: 72h }, exempt: [ { digest: \""
                + first.digest() + "\", reason: INC-7, until: 2100-01-01 } ] } ] }");

        assertThat(mirror.status(APP + "manifests/1")).isEqualTo(200);
        assertThat(mirror.status(APP + "manifests/" + first.digest())).isEqualTo(200);
        mirror.registry.push("acme/app", "1", second);
        assertThat(mirror.get(APP + "manifests/1").digest()).isEqualTo(first.digest());
    }

    @Test
    void anExemptIndexHasNoHeirs() throws Exception {
        TestImage index = ImageBuilder.index().add(first).add(second).build();
        start("policy: { rules: [ { name: cool-down, match: {}, require: { min-age: 72h }, exempt: [ { digest: \""
                + index.digest() + "\", reason: INC-7, until: 2100-01-01 } ] } ] }");
        mirror.registry.push("acme/app", "multi", index);

        assertThat(mirror.status(APP + "manifests/multi")).isEqualTo(200);
        assertThat(mirror.status(APP + "manifests/" + second.digest())).isEqualTo(403);
    }

    @Test
    void theUpstreamMayBeGoneForWhatIsOldEnough() throws Exception {
        start(OLD);
        mirror.status(APP + "manifests/1");
        mirror.restartAfter(DAYS, OLD);
        mirror.status(APP + "manifests/1");
        mirror.get(APP + "blobs/" + first.layer(0).digest());
        mirror.registry.stop();

        assertThat(mirror.status(APP + "manifests/1")).isEqualTo(200);
        assertThat(mirror.status(APP + "blobs/" + first.layer(0).digest())).isEqualTo(200);
    }
}
