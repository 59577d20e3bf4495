package io.entrepot.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tar.gz that users unpack. */
class PackageTest {

    @TempDir
    Path dir;

    @Test
    void runsWhereItIsUnpacked() throws Exception {
        Path there = Files.createDirectories(dir.resolve("a place"));
        Command.of("tar", "-xzf", System.getProperty("entrepot.package"), "-C", there.toString())
                .run();
        Path launcher = there.resolve(PackagedMirror.HOME.getFileName()).resolve("bin/entrepot");

        assertThat(Command.of(launcher).with("version").run()).contains("entrepot ", "Java ");
    }

    @Test
    void hasConfigurationsThatPassTheirCheck() throws Exception {
        for (String file : new String[] {"conf/entrepot.yaml", "conf/image.yaml", "config/reference.yaml"}) {
            PackagedMirror.entrepot("check", PackagedMirror.HOME.resolve(file)).run();
        }
    }

    @Test
    void runsNoCodeButItsOwn() throws Exception {
        try (PackagedMirror mirror = PackagedMirror.ofDockerHubWithTls(dir.resolve("mirror"), "http://127.0.0.1:9")) {
            String mapped = Files.readString(Path.of("/proc", Long.toString(mirror.pid()), "maps"));
            String own = PackagedMirror.HOME.toRealPath() + "/lib/META-INF/native/";

            assertThat(mapped.lines().filter(line -> line.contains("libnetty_")).toList())
                    .anyMatch(line -> line.contains("epoll"))
                    .anyMatch(line -> line.contains("tcnative"))
                    .allMatch(line -> line.contains(own));
        }
    }
}
