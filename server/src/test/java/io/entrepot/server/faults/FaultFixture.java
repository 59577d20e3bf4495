package io.entrepot.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.ConfigException;
import io.entrepot.config.ConfigLoader;
import io.entrepot.config.MirrorConfig;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.loadtest.RawHttp.Response;
import io.entrepot.loadtest.TestImage;
import io.entrepot.oci.Digest;
import io.entrepot.server.Mirror;
import io.entrepot.server.StartException;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A whole mirror on real sockets and a real disk, before an upstream that can go wrong in every way. */
abstract class FaultFixture {

    static final String REPOSITORY = "library/alpine";
    static final int WITHHELD = 64 * 1024;
    static final long MEGABYTE = 1_000_000;

    /** Ends nothing that goes on, however busy the machine is. */
    static final String PATIENT = "internal: true, deadlines: { connect: 60s, headers: 60s, idle: 60s }, min-rate: 0";

    /** Ends what hangs before the test is tired of it. */
    static final String IMPATIENT = "internal: true, deadlines: { connect: 2s, headers: 2s, idle: 1s }, min-rate: 0";

    final FakeRegistry registry = FakeRegistry.start();
    final TestImage image = ImageBuilder.image().seed(7).layer(MEGABYTE).build();
    final Digest layer = image.layer(0).digest();
    final byte[] bytes = image.layer(0).bytes();
    private final List<Mirror> mirrors = new ArrayList<>();
    private final ExecutorService clients = Executors.newCachedThreadPool();
    Mirror mirror;
    Path dir;

    @BeforeEach
    void start(@TempDir Path temporary) throws Exception {
        dir = temporary;
        registry.push(REPOSITORY, "1", image);
        mirror = startMirror("");
    }

    @AfterEach
    void stop() {
        clients.shutdownNow();
        mirrors.forEach(Mirror::close);
        registry.close();
    }

    /** How the mirrors know their upstream. */
    String upstream() {
        return PATIENT;
    }

    /** Starts a mirror with more lines of configuration. */
    final Mirror startMirror(String more) throws ConfigException, StartException {
        return startMirror(upstream(), more);
    }

    /** A section that gives a mirror a store of its own, beside that of the first one. */
    final String otherStore() {
        return "storage: { disk: { path: " + dir.resolve("other/cache") + " } }";
    }

    final Mirror startMirror(String upstream, String more) throws ConfigException, StartException {
        String text = """
                listen: { address: 127.0.0.1, port: 0 }
                admin: { address: 127.0.0.1, port: 0 }
                upstreams: { docker.io: { url: "%s", %s } }
                """.formatted(registry.url(), upstream);
        String storage =
                more.contains("storage:") ? "" : "storage: { disk: { path: %s, min-free: 0 } }%n".formatted(store());
        MirrorConfig config = ConfigLoader.parse("test", text + storage + more, Map.of());
        Mirror started = Mirror.start(config);
        mirrors.add(started);
        return started;
    }

    /** Stops the mirror and starts it again over the same store. */
    final void restart(String more) throws Exception {
        mirror.close();
        mirrors.remove(mirror);
        mirror = startMirror(more);
    }

    final Path store() {
        return dir.resolve("data/cache");
    }

    final URI manifest(Object reference) {
        return path(REPOSITORY + "/manifests/" + reference);
    }

    final URI blob(Object digest) {
        return path(REPOSITORY + "/blobs/" + digest);
    }

    final URI path(String path) {
        return URI.create("http://127.0.0.1:" + mirror.port() + "/v2/docker.io/" + path);
    }

    /** Pulls the manifest, so that its blobs are linked. */
    final void pullManifest() {
        assertThat(RawHttp.get(manifest("1")).status()).isEqualTo(200);
    }

    final Response pullBlob() {
        return RawHttp.get(blob(layer));
    }

    final CompletableFuture<Response> pulling(URI uri, String... headers) {
        return CompletableFuture.supplyAsync(() -> RawHttp.get(uri, headers), clients);
    }

    /** The blob is whole and right. */
    final void assertWhole(Response response) {
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.complete()).isTrue();
        assertThat(response.digest()).isEqualTo(layer);
    }

    /** The client cannot take what it got for the blob: it ends short, by at least what is withheld. */
    final void assertCutShort(Response response) {
        assertThat(response.complete()).isFalse();
        assertThat(response.body().length).isLessThanOrEqualTo(bytes.length - WITHHELD);
    }

    final boolean isHeld(Digest digest) {
        return find(digest) != null;
    }

    final Path find(Digest digest) {
        try (Stream<Path> files = Files.walk(store().resolve("blobs"))) {
            return files.filter(file -> String.valueOf(file.getFileName()).equals(digest.hex()))
                    .findFirst()
                    .orElse(null);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Changes one bit in the file of a held blob, later than it was written by the clock of the file system, which ticks slowly. */
    final void corrupt(Digest digest, long at) throws IOException {
        Path path = find(digest);
        FileTime written = Files.getLastModifiedTime(path);
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            file.read(one, at);
            byte[] changed = {(byte) (one.get(0) ^ 1)};
            do {
                file.write(ByteBuffer.wrap(changed), at);
            } while (Files.getLastModifiedTime(path).equals(written));
        }
    }

    static void eventually(Runnable assertion) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (true) {
            try {
                assertion.run();
                return;
            } catch (AssertionError e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                Thread.onSpinWait();
            }
        }
    }
}
