package io.entrepot.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tar.gz that users unpack. */
class PackageTest {

    @TempDir
    Path dir;

    @Test
    void runsWhereItIsUnpacked() throws Exception {
        assertThat(version(unpacked("a place")).run()).contains("entrepot ", "Java ");
    }

    @Test
    void bringsTheLicencesOfWhatItBrings() throws Exception {
        Path home = unpacked("place");

        assertThat(home.resolve("LICENSE")).content().contains("Apache License");
        assertThat(home.resolve("lib/duckdb/classes")).isDirectory();
        assertThat(home.resolve("lib/duckdb/LICENSE"))
                .content()
                .contains("Stichting DuckDB Foundation", "Permission is hereby granted, free of charge");
    }

    @Test
    void startsWithTheClassesThatWerePrepared() throws Exception {
        Path home = unpacked("place");
        Command.of(home.resolve("bin/entrepot-prepare"))
                .in("JAVA_HOME", System.getProperty("java.home"))
                .run();

        assertThat(loaded(home)).contains("io.entrepot.server.cli.Cli source: shared objects file (top)");
    }

    /** Of another jar, of another Java, of no Java at all. */
    @Test
    void isQuietAboutAnArchiveThatIsNoUse() throws Exception {
        Path home = unpacked("place");
        Path archive = home.resolve("lib/entrepot.jsa");
        Command.of(home.resolve("bin/entrepot-prepare"))
                .in("JAVA_HOME", System.getProperty("java.home"))
                .run();
        Files.setLastModifiedTime(home.resolve("lib/entrepot.jar"), FileTime.fromMillis(1_000_000_000_000L));

        assertThat(version(home).run()).matches("entrepot .* \\(Java .*\\)\n");
        assertThat(loaded(home)).doesNotContain("(top)");
        Files.writeString(archive, "this is no archive\n");
        assertThat(version(home).run()).matches("entrepot .* \\(Java .*\\)\n");
    }

    /** As unpacked by hand, or in many a small image. */
    @Test
    void preparesNothingForAJavaWithoutAnArchiveOfItsOwn() throws Exception {
        Path home = unpacked("place");
        Path none = Files.writeString(dir.resolve("none"), "this is no archive\n");

        Command.Outcome outcome = Command.of(home.resolve("bin/entrepot-prepare"))
                .in("JAVA_HOME", System.getProperty("java.home"))
                .in("ENTREPOT_JAVA_OPTS", "-XX:SharedArchiveFile=" + none)
                .attempt();

        assertThat(outcome.status()).as(outcome.output()).isEqualTo(4);
        assertThat(outcome.output()).contains("nothing was prepared: this Java has no class archive of its own");
        assertThat(home.resolve("lib/entrepot.jsa")).doesNotExist();
    }

    private Path unpacked(String place) throws Exception {
        Path there = Files.createDirectories(dir.resolve(place));
        Command.of("tar", "-xzf", System.getProperty("entrepot.package"), "-C", there.toString())
                .run();
        return there.resolve(PackagedMirror.HOME.getFileName());
    }

    private static Command version(Path home) {
        return Command.of(home.resolve("bin/entrepot"))
                .in("JAVA_HOME", System.getProperty("java.home"))
                .with("version");
    }

    /** Where Java had its classes from. */
    private String loaded(Path home) throws Exception {
        Path log = dir.resolve("loaded");
        version(home).in("ENTREPOT_JAVA_OPTS", "-Xlog:class+load:file=" + log).run();
        return Files.readString(log);
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
