package io.entrepot.deploy;

import io.entrepot.loadtest.RawHttp;
import io.entrepot.oci.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/** The mirror as it is packed, started by its launcher, on the Java that runs the test. */
final class PackagedMirror implements AutoCloseable {

    static final Path HOME = Path.of(System.getProperty("entrepot.home", ""));

    private final Path dir;
    private final boolean tls;
    private final int port = Ports.free();
    private final int adminPort = Ports.free();
    private final Command serve;
    private Running process;

    private PackagedMirror(Path dir, boolean tls, String upstreams) throws IOException {
        this(dir, tls, upstreams, "", entrepot());
    }

    private PackagedMirror(Path dir, boolean tls, String upstreams, String more, Command launcher) throws IOException {
        this.dir = Files.createDirectories(dir);
        this.tls = tls;
        Path config = Files.writeString(dir.resolve("entrepot.yaml"), """
                listen: { address: 127.0.0.1, port: %d }
                admin: { address: 127.0.0.1, port: %d }
                storage: { disk: { path: %s, min-free: 0 } }
                drain: { delay: 0s, grace: 5s }
                log: { format: text, requests: true }
                upstreams:
                %s
                %s
                """.formatted(
                        port, adminPort, dir.resolve("data/cache"), upstreams.indent(2), more));
        Command plain = launcher.with("serve", "--config", config);
        this.serve = tls ? plain.with("--tls", "self") : plain;
    }

    /** @param upstreams lines under {@code upstreams:} */
    static PackagedMirror start(Path dir, String upstreams) throws IOException, InterruptedException {
        return started(new PackagedMirror(dir, false, upstreams));
    }

    /** @param more sections of its configuration */
    static PackagedMirror start(Path dir, String upstreams, String more) throws IOException, InterruptedException {
        return started(new PackagedMirror(dir, false, upstreams, more, entrepot()));
    }

    /** One that takes the registry at this URL for Docker Hub. */
    static PackagedMirror ofDockerHub(Path dir, String url) throws IOException, InterruptedException {
        return started(new PackagedMirror(dir, false, dockerHub(url)));
    }

    /** The same, under a policy: the section, as YAML. */
    static PackagedMirror ofDockerHubUnder(String policy, Path dir, String url)
            throws IOException, InterruptedException {
        return started(new PackagedMirror(dir, false, dockerHub(url), policy, entrepot()));
    }

    /** The same, with a certificate that it made itself. */
    static PackagedMirror ofDockerHubWithTls(Path dir, String url) throws IOException, InterruptedException {
        return started(new PackagedMirror(dir, true, dockerHub(url)));
    }

    /**
     * One with its own limits on clients, and on itself.
     *
     * @param limits what stands under {@code limits:}
     * @param files file descriptors that it may have
     */
    static PackagedMirror ofDockerHubLimited(Path dir, String url, String limits, int files)
            throws IOException, InterruptedException {
        Command launcher = Command.of("prlimit", "--nofile=" + files)
                .with(entrepot().words().toArray())
                .in(entrepot().environment())
                .in("ENTREPOT_HEAP", "64m")
                .in("ENTREPOT_JAVA_OPTS", "-XX:+AlwaysPreTouch -Xms64m");
        return started(new PackagedMirror(dir, false, dockerHub(url), "limits: " + limits, launcher));
    }

    /** One whose time of day, but not whose passing of time, is moved by what a file says: see man 1 faketime. */
    static PackagedMirror ofDockerHubWithClock(Path dir, String url, Path clock)
            throws IOException, InterruptedException {
        Command launcher = entrepot()
                .in("LD_PRELOAD", Tools.FAKETIME.path().toString())
                .in("FAKETIME_TIMESTAMP_FILE", clock.toString())
                .in("FAKETIME_NO_CACHE", "1")
                .in("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        return started(new PackagedMirror(dir, false, dockerHub(url), "", launcher));
    }

    private static String dockerHub(String url) {
        return "docker.io: { url: \"" + url + "\", internal: true }";
    }

    private static PackagedMirror started(PackagedMirror mirror) throws IOException, InterruptedException {
        mirror.restart();
        return mirror;
    }

    /** A command of the packed launcher. */
    static Command entrepot(Object... arguments) {
        return Command.of(HOME.resolve("bin/entrepot"))
                .in("JAVA_HOME", System.getProperty("java.home"))
                .with(arguments);
    }

    void restart() throws IOException, InterruptedException {
        process = serve.start(dir.resolve("mirror.log"));
        process.await(this::isReady);
    }

    private boolean isReady() {
        try {
            return Ports.isOpen(adminPort) && RawHttp.get(admin("/readyz")).status() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    String host() {
        return "127.0.0.1:" + port;
    }

    String url() {
        return (tls ? "https://" : "http://") + host();
    }

    URI uri(String path) {
        return URI.create(url() + path);
    }

    URI admin(String path) {
        return URI.create("http://127.0.0.1:" + adminPort + path);
    }

    /** The certificate authority that clients are to trust. */
    Path authority() {
        return dir.resolve("data/tls/ca.pem");
    }

    /** Its configuration. */
    Path config() {
        return dir.resolve("entrepot.yaml");
    }

    /** Where a blob lies once it is kept. */
    Path held(Digest blob) {
        return dir.resolve("data/cache/blobs/sha256")
                .resolve(blob.hex().substring(0, 2))
                .resolve(blob.hex());
    }

    /** Waits until a blob is kept; it is given out while that still goes on. */
    void awaitCommit(Digest blob) throws InterruptedException {
        process.await(() -> Files.exists(held(blob)));
    }

    String log() {
        return process.output();
    }

    long pid() {
        return process.pid();
    }

    void kill() throws InterruptedException {
        process.kill();
    }

    int terminate() throws InterruptedException {
        return process.terminate();
    }

    @Override
    public void close() {
        process.close();
    }
}
