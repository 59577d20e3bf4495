package io.entrepot.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The image that the Dockerfile makes, on a base that is made here: a Java by jlink, the C library of this machine, busybox. */
@Tag("long")
class DockerfileTest {

    private static final String SOURCES = System.getProperty("entrepot.sources");
    private static final String JAVA = System.getProperty("java.home");

    @TempDir
    Path dir;

    @Test
    void servesWithoutRootOnARootThatCannotBeWritten() throws Exception {
        try (Dockerd dockerd = Dockerd.start()) {
            dockerd.docker("import", "--change=ENV PATH=/opt/java/openjdk/bin:/bin", base(), "base:1")
                    .run();
            dockerd.docker("build", "--network=none", "--build-arg=BASE=base:1", "--tag=entrepot:1", SOURCES)
                    .run();
            dockerd.docker("run", "--detach", "--name=mirror", "--network=none", "--read-only", "entrepot:1")
                    .run();

            Await.until(
                    () -> log(dockerd),
                    Duration.ofMinutes(1),
                    () -> log(dockerd).contains("\"event\":\"serving\""));
            assertThat(dockerd.docker("exec", "mirror", "busybox", "wget", "-qO-", "http://127.0.0.1:5001/readyz")
                            .run())
                    .isEqualTo("ok\n");
            assertThat(log(dockerd)).doesNotContain("no native");
            assertThat(dockerd.docker("exec", "mirror", "id", "-u").run()).isEqualTo("10001\n");
            assertThat(dockerd.docker("exec", "mirror", "touch", "/x").attempt().output())
                    .contains("Read-only file system");
            dockerd.docker("stop", "--time=30", "mirror").run();
            assertThat(dockerd.docker("inspect", "--format={{.State.ExitCode}}", "mirror")
                            .run())
                    .isEqualTo("0\n");
        }
    }

    private static String log(Dockerd dockerd) {
        try {
            return dockerd.docker("logs", "mirror").run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What a public image with Java has and we need of it, the parts of the C library among it, as a tar file. */
    private Path base() throws Exception {
        Path root = Files.createDirectories(dir.resolve("root"));
        Path java = root.resolve("opt/java/openjdk");
        Files.createDirectories(java.getParent());
        Command.of(JAVA + "/bin/jlink", "--module-path=" + JAVA + "/jmods")
                .with("--add-modules=java.se,jdk.management,jdk.crypto.ec,jdk.unsupported,jdk.zipfs")
                .with("--strip-debug", "--no-man-pages", "--no-header-files", "--output=" + java)
                .run();
        Command.of("sh", "-c", """
                set -e
                cd "$0"
                mkdir -p bin etc lib lib64 tmp var/lib
                cp "$1" bin/busybox
                for name in sh chown dirname id ln mkdir mv nproc readlink sed touch; do ln -s busybox bin/$name; done
                for file in opt/java/openjdk/bin/java opt/java/openjdk/lib/*.so opt/java/openjdk/lib/server/*.so "$2"/*.so; do
                    ldd "$file" 2>/dev/null || true
                done | grep -o '/[^ ]*' | grep -v "^$0" | sort -u > libraries
                while read -r library; do [ ! -e "$library" ] || cp -L --parents "$library" .; done < libraries
                rm libraries
                tar -cf ../base.tar .
                """)
                .with(root, Tools.BUSYBOX.path(), PackagedMirror.HOME.resolve("lib/META-INF/native"))
                .run();
        return dir.resolve("base.tar");
    }
}
