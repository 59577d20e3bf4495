package io.entrepot.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.Secret;
import io.entrepot.oci.Digest;
import io.entrepot.oci.ImageRef;
import io.entrepot.oci.Platform;
import io.entrepot.oci.RegistryException;
import io.entrepot.server.BlockHoundSetup;
import io.entrepot.server.LeakCheck;
import io.entrepot.server.access.NodeCredentials;
import io.entrepot.server.admin.Reloads.Outcome;
import io.entrepot.server.audit.AuditLog;
import io.entrepot.server.audit.query.QueryProcess;
import io.entrepot.server.content.ContentStats;
import io.entrepot.server.http.Exchanged;
import io.entrepot.server.inspect.Json;
import io.entrepot.server.net.Transport;
import io.entrepot.server.pull.Notebook;
import io.entrepot.server.pull.Warmed;
import io.entrepot.server.upstream.UpstreamEvents.Asked;
import io.entrepot.server.upstream.UpstreamEvents.Endpoint;
import io.netty.channel.EventLoopGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The admin port and socket, over real sockets. */
@Timeout(60)
@ExtendWith({BlockHoundSetup.class, LeakCheck.class})
class AdminServerTest {

    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);
    private static final Digest HELLO_DIGEST = Digest.of(HELLO);

    @TempDir
    private Path root;

    private final EventLoopGroup loops = Transport.best().loops(2, "loop");
    private final LoopWatch watch = new LoopWatch(loops);
    private final Metrics metrics = new Metrics("1.2.3");
    private final ExecutorService pool = Executors.newFixedThreadPool(2);
    private final HttpClient client = HttpClient.newHttpClient();
    private volatile List<String> obstacles = List.of();
    private volatile Optional<Secret> token = Optional.of(new Secret("open sesame"));
    private volatile boolean nodesTaken = true;
    private volatile Outcome outcome = new Outcome(2, List.of(), List.of());
    private final Notebook notebook = Notebook.blank();
    private MemoryBlobs blobs;
    private AdminServer server;

    @BeforeEach
    void start() throws Exception {
        blobs = new MemoryBlobs(root);
        Explainer explainer = (image, who) -> image.startsWith("x")
                ? CompletableFuture.failedFuture(new RegistryException.NameUnknown("no route for " + image))
                : CompletableFuture.completedFuture(Map.of("asked", image));
        AdminApi api = new AdminApi(
                new Health(watch, () -> obstacles),
                metrics,
                explainer,
                new CacheApi(
                        blobs,
                        limits -> {
                            throw new IllegalStateException("no store to collect in");
                        },
                        pool),
                new PullApi(notebook, AdminServerTest::warmed),
                new NodesApi(NodeCredentials.open(root.resolve("nodes"), () -> {}), () -> nodesTaken, pool),
                new UpstreamsApi(List::of),
                new FakePins(),
                new AuditApi(
                        Optional.empty(),
                        AuditLog.unrecorded(),
                        new QueryProcess(List.of(), Duration.ZERO),
                        pool,
                        Map.of()),
                () -> CompletableFuture.completedFuture(outcome),
                () -> new AdminApi.Tokens(token, Optional.of(new Secret("auditor"))));
        server = AdminServer.start(api, new InetSocketAddress("127.0.0.1", 0), root.resolve("admin.sock"));
    }

    private static CompletableFuture<Warmed> warmed(ImageRef image, List<Platform> platforms) {
        return CompletableFuture.completedFuture(
                new Warmed(1, 2, 30, 20, 0, platforms.isEmpty() ? List.of() : List.of(image + " has no " + platforms)));
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        watch.close();
        pool.shutdownNow();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).await();
    }

    @Test
    void isLiveAndReady() throws Exception {
        assertThat(get("/livez").statusCode()).isEqualTo(200);
        assertThat(get("/readyz").body()).isEqualTo("ok\n");
    }

    @Test
    void saysWhyItIsNotReady() throws Exception {
        obstacles = List.of("draining");

        assertThat(get("/readyz").statusCode()).isEqualTo(503);
        assertThat(get("/readyz").body()).isEqualTo("draining\n");
    }

    @Test
    void tellsItsNumbers() throws Exception {
        metrics.loops(watch);
        metrics.store(blobs::usage);
        metrics.content(new ContentStats());
        metrics.finished(exchange(Exchanged.Kind.MANIFEST, "hit", 528));
        metrics.finished(exchange(Exchanged.Kind.BLOB, "fill", 7));
        metrics.asked(new Asked("docker.io", Endpoint.BLOB, "TIMEOUT", 30_000_000));
        metrics.repeated("docker.io");
        metrics.passedOn("docker.io");
        metrics.endpoints(() -> Map.of("docker.io", 2.0));
        metrics.incident("wrong_bytes");
        metrics.reload(true);

        assertThat(get("/metrics").body().lines())
                .contains(
                        "entrepot_requests_total{kind=\"manifest\",status=\"200\",cache=\"hit\",} 1.0",
                        "entrepot_sent_bytes_total{kind=\"manifest\",} 528.0",
                        "entrepot_cache_hits_total{kind=\"manifest\",} 1.0",
                        "entrepot_cache_misses_total{kind=\"blob\",} 1.0",
                        "entrepot_upstream_requests_total{upstream=\"docker.io\",endpoint=\"blob\",result=\"timeout\",} 1.0",
                        "entrepot_upstream_request_seconds_count{upstream=\"docker.io\",} 1.0",
                        "entrepot_upstream_repeated_total{upstream=\"docker.io\",} 1.0",
                        "entrepot_upstream_passed_on_total{upstream=\"docker.io\",} 1.0",
                        "entrepot_upstream_endpoints_suspended{upstream=\"docker.io\",} 2.0",
                        "entrepot_incidents_total{kind=\"wrong_bytes\",} 1.0",
                        "entrepot_config_reloads_total{result=\"accepted\",} 1.0",
                        "entrepot_store_bytes 7.0",
                        "entrepot_store_limit_bytes 100.0",
                        "entrepot_store_evictions_total 3.0",
                        "entrepot_fills_completed_total 0.0")
                .anyMatch(line -> line.startsWith("entrepot_event_loop_lag_seconds{loop=\"1\",}"))
                .anyMatch(line -> line.startsWith("entrepot_build_info{version=\"1.2.3\","))
                .anyMatch(line -> line.startsWith("entrepot_direct_memory_bytes "))
                .anyMatch(line -> line.startsWith("process_open_fds "))
                .anyMatch(line -> line.startsWith("process_cpu_seconds_total "))
                .anyMatch(line -> line.startsWith("jvm_memory_heap_used_bytes "));
    }

    @ParameterizedTest
    @CsvSource({
        "GET,/api/v1/explain?image=alpine",
        "GET,/api/v1/cache",
        "POST,/api/v1/cache/verify",
        "POST,/api/v1/reload",
        "GET,/api/v1/anything"
    })
    void theApiNeedsTheToken(String method, String path) throws Exception {
        assertThat(send(method, path, "").statusCode()).isEqualTo(401);
        assertThat(send(method, path, "Bearer open").statusCode()).isEqualTo(401);
        assertThat(send(method, path, "Basic open sesame").statusCode()).isEqualTo(401);
        assertThat(send(method, path, "Bearer open sesame").statusCode()).isIn(200, 404);
    }

    @Test
    void theAuditorsTokenOpensTheAuditAndNothingElse() throws Exception {
        assertThat(send("GET", "/api/v1/audit/query", "Bearer auditor").body())
                .contains("nothing is recorded here (audit.durability is off)");
        assertThat(send("GET", "/api/v1/audit/query", "Bearer open sesame").statusCode())
                .isEqualTo(400);
        assertThat(send("GET", "/api/v1/audit/query", "Bearer wrong").statusCode())
                .isEqualTo(401);
        assertThat(send("GET", "/api/v1/cache", "Bearer auditor").statusCode()).isEqualTo(401);
        assertThat(send("POST", "/api/v1/audit/keys", "Bearer auditor").statusCode())
                .isEqualTo(401);
        assertThat(send("GET", "/api/v1/audit/keys", "Bearer auditor").statusCode())
                .isEqualTo(405);
    }

    @Test
    void withoutATokenTheApiIsShutOverTcpAndSaysHowToOpenIt() throws Exception {
        token = Optional.empty();

        HttpResponse<String> answer = send("GET", "/api/v1/cache", "Bearer anything");

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains("no admin token is configured: set admin.token, or use the Unix socket");
    }

    @Test
    void theSocketNeedsNoTokenAndIsForOurUserAlone() throws Exception {
        Path socket = root.resolve("admin.sock");

        assertThat(overSocket(socket, "GET /api/v1/explain?image=alpine"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .endsWith("{\"asked\":\"alpine\"}");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                .isEqualTo("rw-------");
    }

    @Test
    void aSocketThatACrashLeftIsReplaced() throws Exception {
        server.close();
        Files.writeString(root.resolve("admin.sock"), "left over");
        start();

        assertThat(overSocket(root.resolve("admin.sock"), "GET /livez")).startsWith("HTTP/1.1 200 OK\r\n");
    }

    @Test
    void closingRemovesTheSocket() {
        server.close();

        assertThat(root.resolve("admin.sock")).doesNotExist();
    }

    @Test
    void listsTheCacheALineForEachBlob() throws Exception {
        blobs.put(HELLO_DIGEST, HELLO);

        HttpResponse<String> answer = api("GET", "/api/v1/cache");

        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/x-ndjson");
        assertThat(answer.body())
                .isEqualTo("{\"digest\":\"" + HELLO_DIGEST + "\",\"size\":5,\"lastUsed\":\"2001-09-09T01:46:40Z\"}\n");
    }

    @Test
    void listsMoreThanFitsInOnePiece() throws Exception {
        for (int i = 0; i < 2_000; i++) {
            byte[] bytes = ("blob " + i).getBytes(StandardCharsets.UTF_8);
            blobs.put(Digest.of(bytes), bytes);
        }

        assertThat(api("GET", "/api/v1/cache").body().lines()).hasSize(2_000);
    }

    @Test
    void verifyHashesEveryBlobAndSetsAsideWhatIsDamaged() throws Exception {
        Digest damaged = Digest.of("other".getBytes(StandardCharsets.UTF_8));
        blobs.put(HELLO_DIGEST, HELLO);
        blobs.put(damaged, HELLO);

        assertThat(api("POST", "/api/v1/cache/verify").body().lines())
                .containsExactlyInAnyOrder(
                        "{\"digest\":\"" + HELLO_DIGEST + "\",\"size\":5,\"result\":\"ok\"}",
                        "{\"digest\":\"" + damaged + "\",\"size\":5,\"result\":\"damaged\"}");
        assertThat(blobs.setAside).containsOnlyKeys(damaged);
    }

    @Test
    void removesABlobOnce() throws Exception {
        blobs.put(HELLO_DIGEST, HELLO);

        assertThat(api("DELETE", "/api/v1/cache/" + HELLO_DIGEST).statusCode()).isEqualTo(200);
        assertThat(api("DELETE", "/api/v1/cache/" + HELLO_DIGEST).body())
                .isEqualTo("{\"error\":\"" + HELLO_DIGEST + " is not held\"}");
    }

    @ParameterizedTest
    @CsvSource({
        "DELETE,/api/v1/cache/sha256:short,400",
        "GET,/api/v1/explain,400",
        "GET,/api/v1/explain?image=xyz,404",
        "GET,/api/v1/reload,405",
        "POST,/api/v1/cache,405",
        "POST,/livez,405",
        "GET,/nothing,404",
        "GET,/api/v1/nothing,404"
    })
    void refusesWithAStatus(String method, String path, int status) throws Exception {
        assertThat(api(method, path).statusCode()).isEqualTo(status);
    }

    @Test
    void aReloadThatIsRefusedCarriesItsProblems() throws Exception {
        outcome = new Outcome(1, List.of("mirror.yaml:3: unknown key: listn"), List.of());

        HttpResponse<String> answer = api("POST", "/api/v1/reload");

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body()).contains("\"version\":1", "mirror.yaml:3: unknown key: listn");
    }

    @Test
    void listsPins() throws Exception {
        assertThat(api("GET", "/api/v1/pins").body()).isEqualTo("{\"kind\":\"proposal\"}\n");
    }

    @Test
    void saysWhatAnUpstreamSaysOfATag() throws Exception {
        assertThat(Json.parse(
                        api("GET", "/api/v1/pins/upstream?image=alpine:3.20").body()))
                .isEqualTo(Json.parse(
                        "{\"repository\":\"docker.io/library/alpine\",\"digest\":\"" + FakePins.DIGEST + "\"}"));
        assertThat(api("GET", "/api/v1/pins/upstream?image=alpine@" + HELLO_DIGEST)
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void promotesWhatWaitsForIt() throws Exception {
        HttpResponse<String> done = api("POST", "/api/v1/pins/promote?image=alpine:3.20&by=alice+b");
        assertThat(done.statusCode()).isEqualTo(200);
        assertThat(Json.parse(done.body()).path("promoted").asText()).isEqualTo("pin");
        assertThat(api("POST", "/api/v1/pins/promote?image=alpine:3.20&by=alice+b&digest=" + HELLO_DIGEST)
                        .body())
                .contains(HELLO_DIGEST.toString());

        HttpResponse<String> nothing = api("POST", "/api/v1/pins/promote?image=alpine:3.21&by=alice+b");
        assertThat(nothing.statusCode()).isEqualTo(404);
        assertThat(nothing.body()).contains("nothing waits to be promoted for docker.io/library/alpine:3.21");
    }

    @Test
    void promotesNothingWithoutBeingToldWhatAndByWhom() throws Exception {
        assertThat(api("POST", "/api/v1/pins/promote?image=alpine:3.20").body()).contains("by is given 0 times");
        assertThat(api("POST", "/api/v1/pins/promote?by=alice").body()).contains("image is given 0 times");
        assertThat(api("POST", "/api/v1/pins/promote?image=alpine:3.20&by=a&digest=short")
                        .statusCode())
                .isEqualTo(400);
        assertThat(api("GET", "/api/v1/pins/promote?image=alpine:3.20&by=alice").statusCode())
                .isEqualTo(405);
        assertThat(send("POST", "/api/v1/pins/promote?image=alpine:3.20&by=alice+b", "Bearer anything")
                        .statusCode())
                .isEqualTo(401);
    }

    private static Exchanged exchange(Exchanged.Kind kind, String cache, long bytes) throws Exception {
        return new Exchanged(
                InetAddress.getLoopbackAddress(),
                InetAddress.getLoopbackAddress(),
                "GET",
                "/v2/",
                "test",
                kind,
                "docker.io",
                cache,
                200,
                bytes,
                true,
                Duration.ZERO);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send("GET", path, "");
    }

    private HttpResponse<String> api(String method, String path) throws Exception {
        return send(method, path, "Bearer open sesame");
    }

    private HttpResponse<String> send(String method, String path, String authorization) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String overSocket(Path socket, String requestLine) throws Exception {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            String request = requestLine + " HTTP/1.1\r\nHost: admin\r\nConnection: close\r\n\r\n";
            channel.write(StandardCharsets.US_ASCII.encode(request));
            return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
