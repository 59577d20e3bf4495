package io.entrepot.server.audit.tlog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A verifier that nobody here wrote accepts the log: {@code fsck} of Tessera, from {@code .ci/go-tools}. Its exit status says
 * nothing, and over a changed tile it never ends; so it is its last line that counts, within a minute.
 */
@Tag("long")
class FsckTest {

    private static final Path TOOL = Path.of(
            System.getenv().getOrDefault("ENTREPOT_TOOLS", System.getProperty("user.home") + "/.cache/entrepot-tools"),
            "go/bin/fsck");

    @TempDir
    Path root;

    @Test
    void acceptsFullAndPartialTilesOfEverySize() throws Exception {
        try (LogUnderTest log = new LogUnderTest(root).start()) {
            long size = 0;
            for (int more : new int[] {1, 254, 1, 1, 255, 500, 64_524, 4_464}) {
                size += more;
                log.grow(more);
                assertThat(fsck(log, 0)).contains("Successfully fsck'd log with size " + size + " ");
            }
            assertThat(size).isEqualTo(70_000);
        }
    }

    @Test
    void acceptsItByEitherKeyWhileKeysAreRotated() throws Exception {
        try (LogUnderTest log = new LogUnderTest(root).start()) {
            log.grow(300);
            log.keys.rotate(Instant.now(), Duration.ofDays(1));
            log.grow(300);
            assertThat(fsck(log, 0)).contains("Successfully fsck'd log with size 600 ");
            assertThat(fsck(log, 1)).contains("Successfully fsck'd log with size 600 ");
        }
    }

    @Test
    void refusesARecordThatWasChanged() throws Exception {
        try (LogUnderTest log = new LogUnderTest(root).start()) {
            log.grow(300);
            Path out = export(log);
            VerifierTest.flip(out.resolve("tile/entries/000"), 1000);
            assertThat(fsck(log, 0, out)).doesNotContain("Successfully");
        }
    }

    private String fsck(LogUnderTest log, int key) throws Exception {
        return fsck(log, key, export(log));
    }

    private Path export(LogUnderTest log) throws IOException {
        Path out = Files.createTempDirectory(root, "log");
        log.files().export(out);
        return out;
    }

    private String fsck(LogUnderTest log, int key, Path out) throws Exception {
        requireTool();
        Path keyFile = Files.writeString(
                root.resolve("key.pub"), VerifierTest.keys(log).get(key).toString());
        Path said = root.resolve("said");
        Process process = new ProcessBuilder(
                        TOOL.toString(), "--storage_url=file://" + out + "/", "--public_key=" + keyFile, "--ui=false")
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        if (!process.waitFor(1, TimeUnit.MINUTES)) {
            process.destroyForcibly().waitFor();
        }
        return Files.readString(said, StandardCharsets.UTF_8);
    }

    private static void requireTool() {
        if (!Files.isExecutable(TOOL)) {
            String missing = "fsck is not at " + TOOL + " (run .ci/go-tools)";
            if ("true".equals(System.getenv("CI"))) {
                throw new AssertionError(missing);
            }
            Assumptions.abort(missing);
        }
    }
}
