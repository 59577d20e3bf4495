package io.entrepot.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Debian's docker-registry on loopback. */
final class RealRegistry implements AutoCloseable {

    private final Path dir;
    private final int port;
    private final String auth;
    private Running process;

    private RealRegistry(Path dir, int port, String auth) {
        this.dir = dir;
        this.port = port;
        this.auth = auth;
    }

    static RealRegistry start(Path dir) throws IOException, InterruptedException {
        return start(dir, "");
    }

    /** @param auth more lines of its configuration */
    static RealRegistry start(Path dir, String auth) throws IOException, InterruptedException {
        RealRegistry registry = new RealRegistry(Files.createDirectories(dir), Ports.free(), auth);
        registry.restart();
        return registry;
    }

    void restart() throws IOException, InterruptedException {
        Path config = Files.writeString(dir.resolve("registry.yml"), """
                version: 0.1
                log: { accesslog: { disabled: false } }
                storage: { filesystem: { rootdirectory: %s } }
                http: { addr: "127.0.0.1:%d" }
                %s
                """.formatted(dir.resolve("content"), port, auth));
        process = Tools.REGISTRY.command().with("serve", config).start(dir.resolve("registry.log"));
        process.await(() -> process.output().contains("listening on " + host()));
    }

    void stop() {
        process.close();
    }

    int port() {
        return port;
    }

    String host() {
        return "127.0.0.1:" + port;
    }

    String url() {
        return "http://" + host();
    }

    /** How many requests of this method its access log shows for paths that contain this. */
    long count(String method, String pathPart) {
        return count(Pattern.compile("\"" + method + " [^\"]*" + Pattern.quote(pathPart) + "[^\"]*\""));
    }

    /** How many requests its access log shows. */
    long requests() {
        return count(Pattern.compile("\"[A-Z]+ /[^\"]* HTTP/1.1\""));
    }

    private long count(Pattern line) {
        return process.output()
                .lines()
                .filter(text -> line.matcher(text).find())
                .count();
    }

    @Override
    public void close() {
        process.close();
    }
}
