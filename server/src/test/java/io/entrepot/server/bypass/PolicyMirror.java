package io.entrepot.server.bypass;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.ConfigException;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.loadtest.RawHttp.Response;
import io.entrepot.server.Mirror;
import io.entrepot.server.StartException;
import io.entrepot.server.TestConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** A mirror of one registry, as docker.io, under a policy that can be changed while it runs. */
final class PolicyMirror implements AutoCloseable {

    final FakeRegistry registry = FakeRegistry.builder().referrers(100).start();

    private final Path dir;
    private Mirror mirror;

    private final String upstreams;

    private PolicyMirror(Path dir, String policy, String upstreams)
            throws IOException, ConfigException, StartException {
        this.dir = dir;
        this.upstreams = upstreams;
        this.mirror = write(policy).start();
    }

    /** The policy is YAML, the whole section or several. */
    static PolicyMirror start(Path dir, String policy) throws Exception {
        return start(dir, policy, "");
    }

    /** With more upstreams, as they stand in their section. */
    static PolicyMirror start(Path dir, String policy, String upstreams) throws Exception {
        return new PolicyMirror(dir, policy, upstreams);
    }

    private TestConfig write(String policy) throws IOException {
        return TestConfig.under(
                dir,
                "upstreams:",
                "  docker.io: { url: \"" + registry.url() + "\", internal: true, shared: true }",
                "  quay.io: { url: \"" + registry.url() + "\", internal: true, shared: true }",
                upstreams,
                "tags: [ { match: \"**\", fresh: 0s, wait: 60s } ]",
                policy);
    }

    /** Another policy holds from now on. */
    void policy(String policy) throws Exception {
        write(policy);
        assertThat(mirror.reload().get(60, TimeUnit.SECONDS).problems()).isEmpty();
    }

    /** Another policy that is refused. */
    void refused(String policy) throws Exception {
        write(policy);
        assertThat(mirror.reload().get(60, TimeUnit.SECONDS).problems()).isNotEmpty();
    }

    /** Until it is started again. */
    void stopped() {
        mirror.close();
    }

    /** What was held stays held. */
    void restart(String policy) throws Exception {
        mirror.close();
        mirror = write(policy).start();
    }

    /** The mirror is stopped, and when it starts again so much more time has passed, by the time that ages are counted by. */
    void restartAfter(Duration time, String policy) throws Exception {
        mirror.close();
        Path file = dir.resolve("data/cache.time");
        String[] lines = Files.readString(file).split("\\R", -1);
        Instant trusted = Instant.parse(lines[0].substring("trusted ".length()));
        Files.writeString(file, "trusted " + trusted.plus(time) + "\n");
        mirror = write(policy).start();
    }

    Path file(String name, String text) throws IOException {
        return Files.writeString(dir.resolve(name), text);
    }

    Response get(String path, String... headers) {
        return RawHttp.get(uri(path), headers);
    }

    Response head(String path, String... headers) {
        return RawHttp.head(uri(path), headers);
    }

    /** The status by GET, which is that by HEAD. */
    int status(String path, String... headers) {
        int head = head(path, headers).status();
        int get = get(path, headers).status();
        assertThat(head).as("HEAD as GET of " + path).isEqualTo(get);
        return get;
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + mirror.port() + path);
    }

    /** What it tells Prometheus. */
    String metrics() {
        return RawHttp.get(URI.create("http://127.0.0.1:" + mirror.adminPort() + "/metrics"))
                .text();
    }

    int port() {
        return mirror.port();
    }

    int adminPort() {
        return mirror.adminPort();
    }

    @Override
    public void close() {
        mirror.close();
        registry.close();
    }
}
