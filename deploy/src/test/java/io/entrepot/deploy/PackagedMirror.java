package io.entrepot.deploy;

import io.entrepot.loadtest.RawHttp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The mirror as it is packed, started by its launcher. */
final class PackagedMirror implements AutoCloseable {

    private static final Path LAUNCHER =
            Path.of(System.getProperty("entrepot.home", "")).resolve("bin/entrepot");

    private final Path dir;
    private final Path config;
    private final int port;
    private final int adminPort;
    private Running process;

    private PackagedMirror(Path dir, String upstreams) throws IOException {
        this.dir = Files.createDirectories(dir);
        this.port = Ports.free();
        this.adminPort = Ports.free();
        this.config = Files.writeString(dir.resolve("entrepot.yaml"), """
                listen: { address: 127.0.0.1, port: %d }
                admin: { address: 127.0.0.1, port: %d }
                storage: { disk: { path: %s, min-free: 0 } }
                drain: { delay: 0s, grace: 5s }
                log: { format: text, requests: true }
                upstreams:
                %s
                """.formatted(
                        port, adminPort, dir.resolve("data/cache"), upstreams.indent(2)));
    }

    /** @param upstreams lines under {@code upstreams:} */
    static PackagedMirror start(Path dir, String upstreams) throws IOException, InterruptedException {
        PackagedMirror mirror = new PackagedMirror(dir, upstreams);
        mirror.restart();
        return mirror;
    }

    void restart() throws IOException, InterruptedException {
        process = Running.start(
                dir.resolve("mirror.log"),
                Map.of(),
                List.of(LAUNCHER.toString(), "serve", "--config", config.toString()));
        process.await(this::isReady);
    }

    private boolean isReady() {
        try {
            return Ports.isOpen(adminPort)
                    && RawHttp.get(URI.create("http://127.0.0.1:" + adminPort + "/readyz"))
                                    .status()
                            == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /** Runs a command of the packed launcher. */
    static String command(String... arguments) throws IOException, InterruptedException {
        String[] command = new String[arguments.length + 1];
        command[0] = LAUNCHER.toString();
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        return Running.run(Map.of(), command);
    }

    String host() {
        return "127.0.0.1:" + port;
    }

    String url() {
        return "http://" + host();
    }

    URI uri(String path) {
        return URI.create(url() + path);
    }

    String log() {
        return process.output();
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
