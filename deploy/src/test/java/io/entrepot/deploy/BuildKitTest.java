package io.entrepot.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** BuildKit's own daemon builds on an image that comes through the file of {@code entrepot hosts buildkit}. */
@Tag("long")
class BuildKitTest {

    @TempDir
    Path dir;

    @Test
    void pullsThroughTheFileThatIsMadeForItAndBuilds() throws Exception {
        try (RealRegistry upstream = RealRegistry.start(dir.resolve("upstream"));
                PackagedMirror mirror = PackagedMirror.ofDockerHub(dir.resolve("mirror"), upstream.url())) {
            Images.pushBusybox(dir, upstream.host() + "/library/busybox:1");
            Path context = Files.createDirectories(dir.resolve("context"));
            Files.writeString(context.resolve("Dockerfile"), """
                    FROM docker.io/library/busybox:1
                    RUN echo what was $((20 + 3)) > /built && cat /built
                    """);
            PackagedMirror.entrepot("hosts", "buildkit", "--endpoint", mirror.url(), "--dir", dir.resolve("buildkit"))
                    .run();
            try (BuildKit buildKit = BuildKit.start(dir.resolve("buildkit/buildkitd.toml"))) {
                assertThat(buildKit.build(context)).contains("what was 23");
                assertThat(mirror.log()).contains("/v2/library/busybox/manifests/");
            }
        }
    }
}
