package io.entrepot.server.bypass;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.TestImage;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.server.BlockHoundSetup;
import io.entrepot.server.LeakCheck;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The same thing by another name. */
@Timeout(120)
@ExtendWith({BlockHoundSetup.class, LeakCheck.class})
class SecondNamesTest {

    private static final String HUB = "/v2/docker.io/";

    private final TestImage evil =
            ImageBuilder.image().seed(2).platform("linux/amd64").layer(8_000).build();

    @TempDir
    private Path dir;

    private PolicyMirror mirror;

    @AfterEach
    void stop() {
        if (mirror != null) {
            mirror.close();
        }
    }

    @Test
    void aDeniedManifestIsDeniedByItsOtherDigest() throws Exception {
        Path list = dir.resolve("denied.txt");
        Files.writeString(list, evil.digest() + "\n");
        mirror = PolicyMirror.start(dir, "policy: { default: allow, deny-digests: [\"" + list + "\"] }");
        Digest other = Digest.of(Digest.Algorithm.SHA512, evil.manifest());
        TestImage same = new TestImage(
                new Descriptor(evil.mediaType(), other, evil.manifest().length),
                evil.manifest(),
                evil.platform(),
                evil.blobs(),
                List.of());
        mirror.registry.push("library/evil", "1", evil);
        mirror.registry.push("library/evil", "2", same);

        assertThat(mirror.status(HUB + "library/evil/manifests/1")).isEqualTo(403);
        assertThat(mirror.status(HUB + "library/evil/manifests/2")).isEqualTo(403);
        assertThat(mirror.status(HUB + "library/evil/manifests/" + other)).isEqualTo(403);
    }

    @Test
    void aRegistryWithItsPortIsTheSameRegistryToAPattern() throws Exception {
        mirror = PolicyMirror.start(
                dir,
                "policy: { default: allow, rules: [ { name: no-evil, match: { repositories: [\"ghcr.io/evil/**\"] },"
                        + " deny: \"no\" } ] }",
                "  \"*\": { observe: true, offline: true }");

        assertThat(mirror.status("/v2/ghcr.io/evil/x/manifests/1")).isEqualTo(403);
        assertThat(mirror.status("/v2/ghcr.io:443/evil/x/manifests/1")).isEqualTo(403);
        assertThat(mirror.status("/v2/docker.io:443/library/evil/manifests/1")).isNotEqualTo(503);
    }

    @Test
    void anImageWhoseConfigIsNotToBeHadIsRefused() throws Exception {
        mirror = PolicyMirror.start(
                dir, "policy: { rules: [ { name: amd64, match: {}, require: { platforms: [linux/amd64] } } ] }");
        mirror.registry.push("library/evil", "1", evil);
        mirror.registry.delete("library/evil", evil.config().digest());

        assertThat(mirror.status(HUB + "library/evil/manifests/1")).isEqualTo(403);
    }
}
