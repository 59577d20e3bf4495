package io.entrepot.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.oci.Digest;
import io.entrepot.server.cli.Cli;
import io.entrepot.storage.BlobWriter;
import io.entrepot.storage.disk.DiskStore;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code entrepot cache}, on a store that nobody has open and on that of a mirror that runs. */
@Timeout(60)
@ExtendWith({BlockHoundSetup.class, LeakCheck.class})
class CacheCommandTest {

    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);
    private static final byte[] WORLD = "world".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path root;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private TestConfig config;

    @BeforeEach
    void configure() throws Exception {
        config = TestConfig.under(root);
    }

    @Test
    void listsAStoreThatNobodyHasOpen() throws Exception {
        hold(HELLO, WORLD);

        assertThat(run("cache", "ls")).isZero();

        assertThat(out.toString().lines())
                .hasSize(2)
                .anyMatch(line -> line.startsWith(Digest.of(HELLO) + "            5 "));
    }

    @Test
    void listsAStoreThatHasLostItsIndex() throws Exception {
        hold(HELLO, WORLD);
        Files.delete(config.data().resolve("cache/index"));

        assertThat(run("cache", "ls")).isZero();

        assertThat(out.toString().lines()).hasSize(2);
    }

    @Test
    void listsThroughAMirrorThatRuns() throws Exception {
        hold(HELLO);
        try (Mirror mirror = config.start()) {
            assertThat(mirror.port()).isPositive();
            assertThat(run("cache", "ls", "--output", "json")).isZero();
        }

        assertThat(out.toString()).startsWith("{\"digest\":\"" + Digest.of(HELLO) + "\",\"size\":5");
    }

    @Test
    void verifyFindsWhatIsDamagedAndSetsItAside() throws Exception {
        hold(HELLO, WORLD);
        damage(WORLD);

        assertThat(run("cache", "verify")).isEqualTo(1);

        assertThat(out.toString())
                .contains(Digest.of(WORLD) + " is damaged and was set aside", "2 blobs, 10 bytes, 1 damaged");
        assertThat(run("cache", "verify")).isZero();
    }

    @Test
    void verifyThroughAMirrorThatRuns() throws Exception {
        hold(HELLO, WORLD);
        try (Mirror mirror = config.start()) {
            assertThat(mirror.port()).isPositive();
            damage(WORLD);

            assertThat(run("cache", "verify")).isEqualTo(1);
            assertThat(run("cache", "verify")).isZero();
        }
    }

    @Test
    void removesFromAStoreThatNobodyHasOpen() throws Exception {
        hold(HELLO);

        assertThat(run("cache", "rm", Digest.of(HELLO).toString())).isZero();
        assertThat(run("cache", "rm", Digest.of(HELLO).toString())).isEqualTo(1);

        assertThat(out.toString()).isEqualTo(Digest.of(HELLO) + " removed\n" + Digest.of(HELLO) + " is not held\n");
    }

    @Test
    void removesThroughAMirrorThatRuns() throws Exception {
        hold(HELLO);
        try (Mirror mirror = config.start()) {
            assertThat(mirror.port()).isPositive();

            assertThat(run("cache", "rm", Digest.of(HELLO).toString())).isZero();
            assertThat(run("cache", "rm", Digest.of(HELLO).toString())).isEqualTo(1);
        }
    }

    @Test
    void gcLooksAndThenRemovesFromAStoreThatNobodyHasOpen() throws Exception {
        hold(HELLO, WORLD);
        Path left = leave("0123456789ab-1");

        assertThat(run("cache", "gc", "--unused-for", "0s", "--dry-run")).isZero();
        assertThat(out.toString())
                .contains("would remove blob " + Digest.of(HELLO) + " 5\n")
                .endsWith("would remove blob: 2 (10 bytes)\n");

        assertThat(run("cache", "gc", "--unused-for", "0s")).isZero();
        assertThat(out.toString()).endsWith("removed blob: 2 (10 bytes)\n");
        assertThat(left).doesNotExist();

        assertThat(run("cache", "gc", "--unused-for", "0s")).isZero();
        assertThat(out.toString()).endsWith("removed nothing\n");
    }

    @Test
    void gcThroughAMirrorThatRuns() throws Exception {
        hold(HELLO);
        try (Mirror mirror = config.start()) {
            assertThat(mirror.port()).isPositive();
            Path left = leave("0123456789ab-1");

            assertThat(run("cache", "gc", "--output", "json")).isZero();

            assertThat(left).doesNotExist();
            assertThat(out.toString().lines())
                    .contains("{\"kind\":\"temporary\",\"name\":\"tmp/0123456789ab-1\",\"size\":5}")
                    .noneMatch(line -> line.contains("\"blob\""));
        }
    }

    @Test
    void gcRefusesATimeInWhichAPullMayStillBeGoingOn() throws Exception {
        hold(HELLO);
        try (Mirror mirror = config.start()) {
            assertThat(mirror.port()).isPositive();

            assertThat(run("cache", "gc", "--unused-for", "9m")).isEqualTo(2);
        }

        assertThat(err.toString()).contains("unused for 540 s (expected: at least 600 s while the mirror runs");
    }

    @Test
    void gcSaysWhyItRemovedNoBlob() throws Exception {
        hold(HELLO);
        Path journal = config.data().resolve("cache/repositories/registry.corp/app/_journal");
        Files.createDirectories(journal.getParent());
        Files.writeString(journal, "no such line\n");

        assertThat(run("cache", "gc", "--unused-for", "0s")).isEqualTo(1);

        assertThat(out.toString()).contains("the journal of registry.corp/app has 1 damaged lines");
        assertThat(run("cache", "ls")).isZero();
        assertThat(out.toString()).contains(Digest.of(HELLO).toString());
    }

    private Path leave(String name) throws Exception {
        return Files.write(config.data().resolve("cache/tmp").resolve(name), HELLO);
    }

    @Test
    void aStoreThatIsNotThereIsNotMade() {
        assertThat(run("cache", "ls")).isEqualTo(1);

        assertThat(err.toString())
                .isEqualTo("entrepot: there is no store at " + config.data().resolve("cache") + "\n");
        assertThat(config.data()).doesNotExist();
    }

    private void hold(byte[]... blobs) throws Exception {
        try (DiskStore store =
                DiskStore.open(config.data().resolve("cache"), DiskStore.Options.of(1 << 20), incident -> {})) {
            for (byte[] blob : blobs) {
                try (BlobWriter writer = store.blobs().create(Digest.of(blob), blob.length)) {
                    writer.append(ByteBuffer.wrap(blob));
                    assertThat(writer.verify()).isTrue();
                    writer.commit();
                }
            }
        }
    }

    private void damage(byte[] blob) throws Exception {
        String hex = Digest.of(blob).hex();
        Path file = config.data().resolve("cache/blobs/sha256/" + hex.substring(0, 2) + "/" + hex);
        Files.writeString(file, "wrong");
    }

    private int run(String... arguments) {
        String[] all = new String[arguments.length + 2];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        all[arguments.length] = "--config";
        all[arguments.length + 1] = config.file().toString();
        return new Cli((config, file, self) -> 0)
                .out(new PrintWriter(out, true))
                .err(new PrintWriter(err, true))
                .run(all);
    }
}
