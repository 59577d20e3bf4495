package io.entrepot.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.TestImage;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.MediaType;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import io.entrepot.server.cli.Cli;
import io.entrepot.server.policy.LockFile;
import io.entrepot.server.policy.Pin;
import io.entrepot.server.policy.PinBook;
import io.entrepot.storage.TagPin;
import io.entrepot.storage.disk.DiskStore;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code entrepot pins}, at a mirror that runs, and on its store where none does. */
@Timeout(60)
@ExtendWith({BlockHoundSetup.class, LeakCheck.class})
class PinsCommandTest {

    private static final Repository APP = new Repository(Registry.parse("registry.corp"), "team/app");
    private static final Tag TAG = new Tag("1");
    private static final Instant T0 = Instant.parse("2026-03-01T10:00:00Z");
    private static final Digest OLD = Digest.of(new byte[] {1});
    private static final Digest NEW = Digest.of(new byte[] {2});

    @TempDir
    private Path root;

    private final FakeRegistry registry = FakeRegistry.builder().start();
    private final TestImage image = ImageBuilder.image().layer(10).build();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private TestConfig config;
    private Path lock;

    @BeforeEach
    void configure() throws Exception {
        registry.push("team/app", "1", image);
        lock = root.resolve("pins.yaml");
        config = TestConfig.under(root, """
                upstreams: { registry.corp: { url: "%s", internal: true } }
                aliases: { old.corp: registry.corp }
                """.formatted(registry.url()));
    }

    @AfterEach
    void close() {
        registry.close();
    }

    private Digest pushed() {
        return image.digest();
    }

    @Test
    void updatePinsAnImageToWhatItsUpstreamSays() throws Exception {
        try (Mirror mirror = config.start()) {
            assertThat(mirror.port()).isPositive();
            assertThat(pins("update", "old.corp/team/app:1", "--by", "alice", "--why", "CVE-1"))
                    .as(err.toString())
                    .isZero();
        }

        assertThat(out.toString()).isEqualTo("registry.corp/team/app:1\n  - not pinned\n  + " + pushed() + "\n");
        assertThat(LockFile.read(lock).find(APP, TAG)).contains(new Pin(pushed(), "alice", "CVE-1"));
    }

    @Test
    void updateMovesAllThatStandInTheFileAndSaysFromWhere() throws Exception {
        LockFile.write(lock, book(new Pin(OLD, "alice", "base image")));
        try (Mirror mirror = config.start()) {
            assertThat(mirror.port()).isPositive();
            assertThat(pins("update", "--by", "bob")).as(err.toString()).isZero();
            assertThat(out.toString()).isEqualTo("registry.corp/team/app:1\n  - " + OLD + "\n  + " + pushed() + "\n");
            assertThat(LockFile.read(lock).find(APP, TAG)).contains(new Pin(pushed(), "bob", "base image"));

            String before = Files.readString(lock);
            assertThat(pins("update", "--by", "eve")).isZero();
            assertThat(lock).hasContent(before);
        }
    }

    @Test
    void updateOnlyLooksWhereThatIsWanted() throws Exception {
        LockFile.write(lock, book(new Pin(OLD, "alice", "")));
        String before = Files.readString(lock);
        try (Mirror mirror = config.start()) {
            assertThat(mirror.port()).isPositive();
            assertThat(pins("update", "--dry-run", "--output", "json")).isZero();
        }

        assertThat(out.toString())
                .isEqualTo("{\"image\":\"registry.corp/team/app:1\",\"from\":\"" + OLD + "\",\"to\":\"" + pushed()
                        + "\"}\n");
        assertThat(lock).hasContent(before);
    }

    @Test
    void updateGoesOnBehindAnImageThatFails() throws Exception {
        try (Mirror mirror = config.start()) {
            assertThat(mirror.port()).isPositive();
            assertThat(pins("update", "registry.corp/team/app:none", "elsewhere.test/a:1", "registry.corp/team/app:1"))
                    .isEqualTo(1);
        }

        assertThat(err.toString()).contains("registry.corp/team/app:none: ", "elsewhere.test/a:1: ");
        assertThat(LockFile.read(lock).pins()).containsOnlyKeys(APP);
    }

    @Test
    void updateNeedsAMirror() {
        assertThat(pins("update", "registry.corp/team/app:1")).isEqualTo(1);

        assertThat(err.toString()).startsWith("entrepot: no mirror runs with this configuration");
    }

    @Test
    void aLockFileThatCannotBeUsedIsLeftAsItIs() throws Exception {
        Files.writeString(lock, "registry.corp/team/app: { \"1\": { digest: short } }\n");

        assertThat(pins("update")).isEqualTo(2);
        assertThat(err.toString()).contains(lock + ":1: ");
    }

    @Test
    void anImageByDigestHasNothingToPin() {
        assertThat(pins("update", "registry.corp/team/app@" + OLD)).isEqualTo(2);

        assertThat(err.toString()).contains("(expected: an image by tag)");
    }

    @Test
    void promoteMakesAProposalHoldAndListTellsWhatIsWhat() throws Exception {
        proposed();
        try (Mirror mirror = config.start()) {
            assertThat(mirror.port()).isPositive();
            pins("list");
            assertThat(taken())
                    .isEqualTo("proposal    " + OLD + "  registry.corp/team/app:1  (alice)  upstream: " + NEW + "\n");

            assertThat(run("pins", "promote", "registry.corp/team/app:1", "--by", "ops"))
                    .isZero();
            assertThat(taken()).isEqualTo("registry.corp/team/app:1 is pinned to " + OLD + "\n");

            pins("list");
            assertThat(taken()).startsWith("first-pull  " + OLD + "  registry.corp/team/app:1  (ops)");
            assertThat(run("pins", "promote", "registry.corp/team/app:1")).isEqualTo(1);
            assertThat(err.toString()).contains("nothing waits to be promoted for registry.corp/team/app:1");
        }
        pins("list", "--output", "json");
        assertThat(taken()).contains("\"kind\":\"first-pull\"", "\"by\":\"ops\"", "\"drift\":true");
    }

    @Test
    void promoteLetsATagReturn() throws Exception {
        try (DiskStore store = store()) {
            saw(store, OLD, 0);
            saw(store, NEW, 1);
            saw(store, OLD, 2);
        }
        try (Mirror mirror = config.start()) {
            assertThat(mirror.port()).isPositive();
            pins("list");
            assertThat(taken()).startsWith("return      " + NEW + "  registry.corp/team/app:1  upstream: " + OLD);

            assertThat(run("pins", "promote", "registry.corp/team/app:1")).isZero();
            assertThat(taken()).isEqualTo("registry.corp/team/app:1 may return to " + OLD + "\n");
            pins("list");
            assertThat(taken()).isEmpty();
        }
    }

    @Test
    void proposeWritesWhatFirstPullsPinnedIntoTheLockFile() throws Exception {
        proposed();
        try (Mirror mirror = config.start()) {
            assertThat(mirror.port()).isPositive();
            assertThat(pins("propose", "registry.corp/team/other:1")).isZero();
            assertThat(lock).doesNotExist();
            assertThat(pins("propose")).isZero();
        }

        assertThat(out.toString()).isEqualTo("registry.corp/team/app:1\n  - not pinned\n  + " + OLD + "\n");
        assertThat(LockFile.read(lock).find(APP, TAG))
                .contains(new Pin(OLD, "alice", "pulled first on 2026-03-01T10:00:00Z"));
    }

    @Test
    void listFiltersByDrift() throws Exception {
        try (DiskStore store = store()) {
            saw(store, OLD, 0);
            store.tags().pin(APP, TAG, new TagPin(OLD, "", T0, true));
        }

        pins("list");
        assertThat(taken()).isEqualTo("first-pull  " + OLD + "  registry.corp/team/app:1\n");
        pins("list", "--drift");
        assertThat(taken()).isEmpty();
    }

    @Test
    void listShowsTheLockFileWhereNoMirrorRuns() throws Exception {
        try (DiskStore store = store()) {
            saw(store, NEW, 0);
        }
        LockFile.write(lock, book(new Pin(OLD, "alice", "")));

        pins("list");
        assertThat(taken())
                .isEqualTo("lock        " + OLD + "  registry.corp/team/app:1  (alice)  upstream: " + NEW + "\n");
    }

    @Test
    void trustedTimeGoesOnOverARestart() throws Exception {
        config.start().close();
        String first = Files.readString(config.data().resolve("cache.time"));
        assertThat(first).matches("trusted \\S+Z\n");
        Files.writeString(config.data().resolve("cache.time"), "trusted 2020-01-01T00:00:00Z\n");

        config.start().close();
        assertThat(Files.readString(config.data().resolve("cache.time"))).startsWith("trusted 2020-01-01T00:0");
    }

    @Test
    void anUpstreamsDateIsHeard() throws Exception {
        try (Mirror mirror = config.start()) {
            assertThat(Http.get(mirror.port(), "/v2/registry.corp/team/app/manifests/1")
                            .statusCode())
                    .isEqualTo(200);
        }

        assertThat(Files.readString(config.data().resolve("cache.time")))
                .matches("trusted \\S+Z\nheard \\S+Z wall \\S+Z date \\S+Z\n");
    }

    private void proposed() throws Exception {
        try (DiskStore store = store()) {
            saw(store, OLD, 0);
            store.tags().pin(APP, TAG, new TagPin(OLD, "alice", T0, false));
            saw(store, NEW, 1);
        }
    }

    private DiskStore store() throws Exception {
        Files.createDirectories(config.data());
        return DiskStore.open(config.data().resolve("cache"), DiskStore.Options.of(1_000_000), incident -> {});
    }

    private static void saw(DiskStore store, Digest digest, long second) throws Exception {
        store.tags().saw(APP, TAG, new Descriptor(MediaType.OCI_MANIFEST, digest, 1), T0.plusSeconds(second));
    }

    private static PinBook book(Pin pin) {
        return new PinBook(Map.of(APP, Map.of(TAG, pin)));
    }

    private String taken() {
        String text = out.toString();
        out.getBuffer().setLength(0);
        return text;
    }

    private int pins(String... args) {
        List<String> all = new java.util.ArrayList<>(List.of("pins"));
        all.addAll(List.of(args));
        all.addAll(List.of("--file", lock.toString()));
        return run(all.toArray(String[]::new));
    }

    private int run(String... args) {
        String[] all = java.util.Arrays.copyOf(args, args.length + 2);
        all[args.length] = "--config";
        all[args.length + 1] = config.file().toString();
        return new Cli((file, given, self) -> 0)
                .out(new PrintWriter(out))
                .err(new PrintWriter(err))
                .run(all);
    }
}
