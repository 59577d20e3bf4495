package io.entrepot.server;

import static io.entrepot.server.Asking.basic;
import static io.entrepot.server.Asking.bearer;
import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.RawHttp.Response;
import io.entrepot.loadtest.TestImage;
import io.entrepot.loadtest.TokenAuth;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A mirror before an upstream that is asked with what callers bring: Alice and Carol may read {@code acme/}, Bob {@code bobs/}, all {@code open/}. */
@Timeout(120)
@ExtendWith({BlockHoundSetup.class, LeakCheck.class})
abstract class PassThroughFixture {

    static final TestImage SECRET = ImageBuilder.image().seed(11).layer(300_000).build();
    static final TestImage PUBLIC = ImageBuilder.image().seed(12).layer(4_000).build();

    static final String PRIVATE = "/v2/docker.io/acme/app/";
    static final String OPEN = "/v2/docker.io/open/app/";

    @TempDir
    Path root;

    final TokenAuth tokens = TokenAuth.anonymous()
            .openTo("open/")
            .user("alice", "wonderland", "acme/")
            .user("carol", "christmas", "acme/")
            .user("bob", "builder", "bobs/");
    final FakeRegistry registry = FakeRegistry.builder().auth(tokens).start();
    final ExecutorService pool = Executors.newCachedThreadPool();
    final List<AutoCloseable> opened = new ArrayList<>();
    Asking client;

    final void start(String upstream, String... more) throws Exception {
        registry.push("acme/app", "1", SECRET);
        registry.push("open/app", "1", PUBLIC);
        String config =
                "upstreams:\n  docker.io: { url: \"%s\", internal: true, %s }\n".formatted(registry.url(), upstream);
        Mirror mirror = TestConfig.under(
                        root, Stream.concat(Stream.of(config), Stream.of(more)).toArray(String[]::new))
                .start();
        opened.add(mirror);
        client = new Asking(mirror);
    }

    final void start() throws Exception {
        start("auth: pass-through");
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
        registry.close();
        pool.shutdownNow();
    }

    final Response token(String repository, String... headers) {
        return client.get(
                "/token?service=" + client.path("").getAuthority() + "&scope=repository:docker.io/" + repository
                        + ":pull",
                headers);
    }

    final String as(String user, String password, String repository) {
        Response answer = token(repository, basic(user, password));
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return bearer(Asking.token(answer));
    }

    final String alice() {
        return as("alice", "wonderland", "acme/app");
    }

    final String bob() {
        return as("bob", "builder", "acme/app");
    }

    final String nobody(String repository) {
        return bearer(Asking.token(token(repository)));
    }
}
