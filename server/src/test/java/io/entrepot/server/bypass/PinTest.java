package io.entrepot.server.bypass;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.TestImage;
import io.entrepot.server.BlockHoundSetup;
import io.entrepot.server.LeakCheck;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a tag is pinned to is what it means, by every route, whatever the upstream says. */
@Timeout(120)
@ExtendWith({BlockHoundSetup.class, LeakCheck.class})
class PinTest {

    private static final String APP = "/v2/docker.io/acme/app/";

    private final TestImage first =
            ImageBuilder.image().seed(1).platform("linux/amd64").layer(5_000).build();
    private final TestImage second =
            ImageBuilder.image().seed(2).platform("linux/amd64").layer(6_000).build();

    @TempDir
    private Path dir;

    private Path lock;
    private PolicyMirror mirror;

    @BeforeEach
    void lock() throws Exception {
        lock = dir.resolve("pins.yaml");
        pin("1", first);
    }

    private void pin(String tag, TestImage image) throws Exception {
        Files.writeString(
                lock,
                "docker.io/acme/app:\n  \"" + tag + "\": { digest: \"" + image.digest()
                        + "\", by: ann, why: release 7 }\n");
    }

    private void start(String policy) throws Exception {
        mirror = PolicyMirror.start(dir, policy.formatted(lock));
        mirror.registry.push("acme/app", first);
        mirror.registry.push("acme/app", "1", second);
        mirror.registry.push("acme/app", "2", second);
    }

    @AfterEach
    void stop() {
        if (mirror != null) {
            mirror.close();
        }
    }

    @Test
    void aPinnedTagIsThePinWithoutAnyRule() throws Exception {
        start("policy: { default: allow, pins: { file: \"%s\" } }");

        assertThat(mirror.get(APP + "manifests/1").digest()).isEqualTo(first.digest());
        assertThat(mirror.get(APP + "manifests/2").digest()).isEqualTo(second.digest());
    }

    @Test
    void whatHasNoPinIsRefusedWhereOneIsRequired() throws Exception {
        start("policy: { pins: { file: \"%s\" }, rules: [ { name: pinned, match: {}, require: { pinned: true } } ] }");

        assertThat(mirror.status(APP + "manifests/" + first.digest())).isEqualTo(200);
        assertThat(mirror.status(APP + "manifests/1")).isEqualTo(200);
        assertThat(mirror.status(APP + "blobs/" + first.layer(0).digest())).isEqualTo(200);
        assertThat(mirror.status(APP + "manifests/2")).isEqualTo(403);
        assertThat(mirror.status(APP + "manifests/" + second.digest())).isEqualTo(403);
        assertThat(mirror.status(APP + "blobs/" + second.layer(0).digest())).isBetween(403, 404);
    }

    @Test
    void aTagIsResolvedOnlyThroughAPinWhereDigestsAreRequired() throws Exception {
        start(
                "policy: { pins: { file: \"%s\" }, rules: [ { name: by-digest, match: {}, require: { digest: true } } ] }");

        assertThat(mirror.status(APP + "manifests/1")).isEqualTo(200);
        assertThat(mirror.status(APP + "manifests/2")).isEqualTo(403);
        assertThat(mirror.status(APP + "manifests/" + second.digest())).isEqualTo(200);
    }

    @Test
    void aPinThatIsChangedHoldsWithoutARestart() throws Exception {
        start("policy: { pins: { file: \"%s\" }, rules: [ { name: pinned, match: {}, require: { pinned: true } } ] }");
        assertThat(mirror.get(APP + "manifests/1").digest()).isEqualTo(first.digest());

        pin("1", second);

        await(() -> mirror.get(APP + "manifests/1").digest().equals(second.digest()));
        assertThat(mirror.status(APP + "manifests/" + first.digest())).isEqualTo(403);
    }

    @Test
    void aLockFileThatIsBrokenChangesNothing() throws Exception {
        start("policy: { pins: { file: \"%s\" }, rules: [ { name: pinned, match: {}, require: { pinned: true } } ] }");
        Files.writeString(lock, "docker.io/acme/app: { \"1\": { digest: \"sha256:no\" } }\n");

        Thread.onSpinWait();
        assertThat(mirror.get(APP + "manifests/1").digest()).isEqualTo(first.digest());
    }

    @Test
    void theChildrenOfAPinnedIndexArePinnedWithIt() throws Exception {
        TestImage index = ImageBuilder.index().add(first).build();
        pin("multi", index);
        start("policy: { pins: { file: \"%s\" }, rules: [ { name: pinned, match: {}, require: { pinned: true } } ] }");
        mirror.registry.push("acme/app", "multi", index);

        assertThat(mirror.status(APP + "manifests/" + first.digest())).isEqualTo(403);
        assertThat(mirror.status(APP + "manifests/multi")).isEqualTo(200);
        assertThat(mirror.status(APP + "manifests/" + first.digest())).isEqualTo(200);
        assertThat(mirror.status(APP + "blobs/" + first.layer(0).digest())).isEqualTo(200);
    }

    @Test
    void aTagNeverReturnsToWhatItLeftWhereThatIsForbidden() throws Exception {
        start("policy: { default: allow, rules: [ { name: forward, match: {}, require: { no-rollback: true } } ] }");
        mirror.registry.push("acme/app", "3", first);
        assertThat(mirror.get(APP + "manifests/3").digest()).isEqualTo(first.digest());
        mirror.registry.push("acme/app", "3", second);
        assertThat(mirror.get(APP + "manifests/3").digest()).isEqualTo(second.digest());
        mirror.registry.push("acme/app", "3", first);

        assertThat(mirror.get(APP + "manifests/3").digest()).isEqualTo(second.digest());
        assertThat(mirror.status(APP + "manifests/3")).isEqualTo(200);
    }

    @Test
    void anImmutableTagKeepsItsFirstDigest() throws Exception {
        start("policy: { default: allow, rules: [ { name: once, match: {}, require: { immutable-tag: true } } ] }");
        mirror.registry.push("acme/app", "3", first);
        assertThat(mirror.get(APP + "manifests/3").digest()).isEqualTo(first.digest());
        mirror.registry.push("acme/app", "3", second);

        assertThat(mirror.get(APP + "manifests/3").digest()).isEqualTo(first.digest());
        assertThat(mirror.status(APP + "manifests/" + first.digest())).isEqualTo(200);
        assertThat(mirror.status(APP + "manifests/" + second.digest())).isEqualTo(403);
    }

    private static void await(java.util.concurrent.Callable<Boolean> done) throws Exception {
        long until = System.nanoTime() + java.time.Duration.ofSeconds(30).toNanos();
        while (!done.call()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(until);
            java.util.concurrent.locks.LockSupport.parkNanos(50_000_000);
        }
    }
}
