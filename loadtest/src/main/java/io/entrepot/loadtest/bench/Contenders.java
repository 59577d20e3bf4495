package io.entrepot.loadtest.bench;

import io.entrepot.loadtest.Content;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.Headers;
import io.entrepot.oci.Digest;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Starts the servers that are compared, each with a directory of its own. */
public final class Contenders {

    /** Headers that nginx writes by itself. */
    private static final Set<String> NGINX_OWN =
            Set.of("content-type", "content-length", "date", "etag", "connection", "accept-ranges", "last-modified");

    private final Path work;
    private final String cpus;

    /** @param cpus the cores of the servers, as in {@code 0} or {@code 0-1} */
    public Contenders(Path work, String cpus) {
        this.work = work;
        this.cpus = cpus;
    }

    /** The same servers on every core of this machine. */
    public Contenders onEveryCore() {
        return new Contenders(work, "0-" + (Runtime.getRuntime().availableProcessors() - 1));
    }

    /** The mirror, with the fake registry as docker.io. */
    public Contender mirror(Path jar, List<String> javaOptions, FakeRegistry upstream) {
        return mirror("entrepot", jar, javaOptions, upstream, "unlimited");
    }

    /** The mirror without a record of what it does. */
    public Contender unrecorded(Path jar, List<String> javaOptions, FakeRegistry upstream) {
        return mirror("unrecorded", jar, javaOptions, upstream, "unlimited", "off");
    }

    /** A mirror by this name, on the store that is under this name, of at most this size. */
    public Contender mirror(String name, Path jar, List<String> javaOptions, FakeRegistry upstream, String maxSize) {
        return mirror(name, jar, javaOptions, upstream, maxSize, "group");
    }

    private Contender mirror(
            String name, Path jar, List<String> javaOptions, FakeRegistry upstream, String maxSize, String durability) {
        Path home = directory(name);
        int port = Contender.freePort();
        int admin = Contender.freePort();
        Path config = write(home.resolve("mirror.yaml"), """
                listen: { address: 127.0.0.1, port: %d }
                admin: { address: 127.0.0.1, port: %d }
                upstreams:
                  docker.io: { url: "%s", internal: true }
                tags:
                  - { match: "**", fresh: 24h }
                storage: { disk: { path: "%s", max-size: %s } }
                audit: { durability: %s }
                drain: { delay: 0s, grace: 1s }
                log: { format: text }
                """.formatted(
                        port, admin, upstream.url(), store(name), maxSize, durability));
        return mirror(name, jar, javaOptions, config, port, admin);
    }

    /** A mirror by this name with this configuration, which names these two ports. */
    public Contender mirror(String name, Path jar, List<String> javaOptions, Path config, int port, int admin) {
        List<String> command = new ArrayList<>(List.of(java()));
        command.addAll(javaOptions);
        command.addAll(List.of("-jar", jar.toString(), "serve", "--config", config.toString()));
        return Contender.start(
                name, cpus, command, Map.of(), local(port), URI.create(local(admin) + "/readyz"), log(directory(name)));
    }

    /**
     * These options, and one by which Java has the classes of a start as they are in memory: what {@code
     * bin/entrepot-prepare} does for the launcher.
     */
    public List<String> prepared(Path jar, List<String> javaOptions, FakeRegistry upstream) {
        Path archive = directory("prepared").resolve("entrepot.jsa");
        mirror("prepared", jar, and(javaOptions, "-XX:ArchiveClassesAtExit=" + archive), upstream, "unlimited")
                .close();
        if (!Files.exists(archive)) {
            throw new NotRunnable(java() + " made no " + archive + " (expected: a Java with class data sharing)");
        }
        return and(javaOptions, "-XX:SharedArchiveFile=" + archive);
    }

    private static List<String> and(List<String> options, String more) {
        return Stream.concat(options.stream(), Stream.of(more)).toList();
    }

    /** Where the mirror of this name keeps its store. */
    public Path store(String name) {
        return directory(name).resolve("cache");
    }

    /** Where the mirror of this name holds a blob, or will when it has it whole. */
    public Path held(String name, Digest digest) {
        return store(name)
                .resolve("blobs")
                .resolve(digest.algorithm().label())
                .resolve(digest.hex().substring(0, 2))
                .resolve(digest.hex());
    }

    /** nginx with one worker, which serves these pages: from the files where they lie. */
    public Contender nginx(String binary, List<Page> pages) {
        Path home = directory("nginx");
        int port = Contender.freePort();
        pages.forEach(page -> link(home.resolve("www" + page.path()), page.file()));
        store(home.resolve("www/ready"), new Content.Bytes(new byte[] {'o', 'k'}));
        Path config = write(home.resolve("nginx.conf"), nginxConfig(home, port, pages));
        return Contender.start(
                "nginx",
                cpus,
                List.of(binary, "-p", home.toString(), "-c", config.toString()),
                Map.of(),
                local(port),
                URI.create(local(port) + "/ready"),
                log(home));
    }

    /** Debian's docker-registry as a pull-through cache of the fake registry. */
    public Contender dockerRegistry(String binary, FakeRegistry upstream) {
        Path home = directory("docker-registry");
        int port = Contender.freePort();
        Path config = write(home.resolve("config.yml"), """
                version: 0.1
                log: { level: error, accesslog: { disabled: true } }
                storage: { filesystem: { rootdirectory: "%s" } }
                http: { addr: "127.0.0.1:%d" }
                proxy: { remoteurl: "%s" }
                """.formatted(home.resolve("data"), port, upstream.url()));
        return Contender.start(
                "docker-registry",
                cpus,
                List.of(binary, "serve", config.toString()),
                Map.of("GOMAXPROCS", "1"),
                local(port),
                URI.create(local(port) + "/v2/"),
                log(home));
    }

    static String nginxConfig(Path home, int port, List<Page> pages) {
        StringBuilder locations = new StringBuilder();
        pages.forEach(page -> locations.append(location(page.path(), page.headers())));
        return """
                daemon off;
                %sworker_processes 1;
                pid %2$s/nginx.pid;
                error_log stderr error;
                events { worker_connections 4096; }
                http {
                  access_log off;
                  client_body_temp_path %2$s/tmp;
                  proxy_temp_path %2$s/tmp;
                  fastcgi_temp_path %2$s/tmp;
                  uwsgi_temp_path %2$s/tmp;
                  scgi_temp_path %2$s/tmp;
                  sendfile on;
                  sendfile_max_chunk 2m;
                  tcp_nopush on;
                  keepalive_requests 1000000000;
                  open_file_cache max=1000 inactive=1h;
                  open_file_cache_valid 1h;
                  server {
                    listen 127.0.0.1:%3$d backlog=4096;
                    root %2$s/www;
                %4$s  }
                }
                """.formatted(root() ? "user root root;\n" : "", home, port, locations);
    }

    private static String location(String path, Headers headers) {
        StringBuilder block = new StringBuilder("    location = \"" + path + "\" {\n      types { }\n");
        headers.first("Content-Type").ifPresent(type -> block.append("      default_type " + type + ";\n"));
        for (Headers.Line line : headers.lines()) {
            if (!NGINX_OWN.contains(line.name().toLowerCase(Locale.ROOT))) {
                block.append(
                        "      add_header " + line.name() + " '" + line.value().replace("'", "") + "';\n");
            }
        }
        return block.append("    }\n").toString();
    }

    private static boolean root() {
        return System.getProperty("user.name").equals("root");
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static URI local(int port) {
        return URI.create("http://127.0.0.1:" + port);
    }

    private static Path log(Path home) {
        return home.resolve("output.log");
    }

    private Path directory(String name) {
        try {
            return Files.createDirectories(work.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path write(Path file, String text) {
        try {
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void link(Path file, Path to) {
        try {
            Files.createDirectories(file.getParent());
            Files.createSymbolicLink(file, to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void store(Path file, Content content) {
        try {
            Files.createDirectories(file.getParent());
            try (OutputStream out = Files.newOutputStream(file)) {
                content.writeTo(out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
