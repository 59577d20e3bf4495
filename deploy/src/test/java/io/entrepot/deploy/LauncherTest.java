package io.entrepot.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.deploy.Command.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/entrepot}, with Javas that print what they are started with. */
class LauncherTest {

    private static final String LAUNCHER = "bin/entrepot";

    @TempDir
    Path dir;

    private Path java(String name, String version) throws IOException {
        Path home = dir.resolve(name);
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        script(home.resolve("bin/java"), "printf '%s\\n' \"I am " + name + "\" \"$@\"");
        return home;
    }

    private static void script(Path file, String text) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + text + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private static Command launcher() {
        return Command.of(PackagedMirror.HOME.resolve(LAUNCHER));
    }

    @Test
    void startsTheJavaOfJavaHomeWithTheJarAndTheArguments() throws Exception {
        String started = launcher()
                .with("explain", "a b")
                .in("JAVA_HOME", java("j17", "17.0.15"))
                .run();

        assertThat(started)
                .contains("I am j17")
                .endsWith("-jar\n" + PackagedMirror.HOME.toRealPath() + "/lib/entrepot.jar\nexplain\na b\n");
    }

    @Test
    void boundsMemoryAndClosesTheDoorsOfTheMachine() throws Exception {
        String started = launcher()
                .in("JAVA_HOME", java("j25", "25"))
                .in("ENTREPOT_DIRECT", "1g")
                .run();

        assertThat(started.lines())
                .contains(
                        "-Xmx256m",
                        "-XX:MaxDirectMemorySize=1g",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-XX:+DisableAttachMechanism",
                        "-Djdk.serialFilter=!*");
    }

    @Test
    void saysWhichSizeIsNone() throws Exception {
        for (String none : List.of("lots", "256mb", "m", "0m", "-1g")) {
            Command.Outcome outcome = launcher()
                    .in("JAVA_HOME", java("j17", "17"))
                    .in("ENTREPOT_HEAP", none)
                    .attempt();

            assertThat(outcome.status()).isEqualTo(2);
            assertThat(outcome.output())
                    .isEqualTo("entrepot: ENTREPOT_HEAP is " + none + " (expected: a size as in 256m or 2g)\n");
        }
    }

    @Test
    void usesG1ForALargeHeap() throws Exception {
        assertThat(launcher()
                        .in("JAVA_HOME", java("j17", "17"))
                        .in("ENTREPOT_HEAP", "2g")
                        .run()
                        .lines())
                .contains("-Xmx2g", "-XX:+UseG1GC");
    }

    @Test
    void keepsTheYoungGenerationSmallWhereOneThreadCollects() throws Exception {
        boolean oneThread = Runtime.getRuntime().availableProcessors() <= 2;

        assertThat(launcher().in("JAVA_HOME", java("j17", "17")).run().lines().filter("-Xmn32m"::equals))
                .hasSize(oneThread ? 1 : 0);
        assertThat(launcher()
                        .in("JAVA_HOME", java("j17", "17"))
                        .in("ENTREPOT_HEAP", "64m")
                        .run())
                .doesNotContain("-Xmn");
    }

    @Test
    void leavesTheCollectorToWhoNamesOne() throws Exception {
        assertThat(launcher()
                        .in("JAVA_HOME", java("j17", "17"))
                        .in("ENTREPOT_JAVA_OPTS", "-XX:+UseZGC -Dx=y")
                        .run()
                        .lines())
                .contains("-XX:+UseZGC", "-Dx=y")
                .doesNotContain("-XX:+UseSerialGC", "-XX:+UseG1GC");
    }

    @Test
    void passesOverAJavaThatIsTooOldAndSaysSo() throws Exception {
        Path old = java("j11", "11.0.2");
        String started = launcher()
                .in("JAVA_HOME", old)
                .in("PATH", java("j21", "21.0.1").resolve("bin") + ":/usr/bin:/bin")
                .run();

        assertThat(started).contains("I am j21").contains("JAVA_HOME is " + old + ", which is no Java 17 or newer");
    }

    @Test
    void asksAJavaThatHasNoReleaseFile() throws Exception {
        Path shim = Files.createDirectories(dir.resolve("shims")).resolve("java");
        script(
                shim,
                "[ $1 != -XshowSettings:properties ] || echo '    java.specification.version = 17'; echo I am a shim");

        assertThat(launcher()
                        .in("JAVA_HOME", "")
                        .in("PATH", shim.getParent() + ":/usr/bin:/bin")
                        .run())
                .isEqualTo("I am a shim\n");
    }

    @Test
    void isFoundThroughLinks() throws Exception {
        Files.createSymbolicLink(dir.resolve("one"), PackagedMirror.HOME.resolve(LAUNCHER));
        Path two = Files.createDirectories(dir.resolve("bin")).resolve("two");
        Files.createSymbolicLink(two, Path.of("../one"));

        assertThat(Command.of(two).in("JAVA_HOME", java("j17", "17")).run())
                .contains(PackagedMirror.HOME.toRealPath() + "/lib/entrepot.jar");
    }

    /** In a root directory with nothing but busybox, so its shell is tried as well. */
    @Test
    void saysWhereItLookedWhenThereIsNoJava() throws Exception {
        Tools.requireRoot();
        Path bin = Files.createDirectories(dir.resolve("root/bin"));
        Files.copy(Tools.BUSYBOX.path(), bin.resolve("busybox"));
        for (String name : new String[] {"sh", "readlink", "dirname", "sed"}) {
            Files.createSymbolicLink(bin.resolve(name), Path.of("busybox"));
        }
        Files.copy(PackagedMirror.HOME.resolve(LAUNCHER), bin.resolve("entrepot"));

        Outcome outcome = Command.of("chroot", dir.resolve("root").toString(), "/bin/entrepot", "serve")
                .in("JAVA_HOME", "")
                .attempt();

        assertThat(outcome.status()).isEqualTo(3);
        assertThat(outcome.output())
                .isEqualTo("entrepot: no Java 17 or newer found"
                        + " (looked at JAVA_HOME, the PATH, /usr/lib/jvm, /opt/java and /opt)\n");
    }
}
