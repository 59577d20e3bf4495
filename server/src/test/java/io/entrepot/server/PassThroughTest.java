package io.entrepot.server;

import static io.entrepot.server.Asking.basic;
import static io.entrepot.server.Asking.bearer;
import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import io.entrepot.loadtest.Auth;
import io.entrepot.loadtest.Await;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.Fault;
import io.entrepot.loadtest.Gate;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.loadtest.RawHttp.Response;
import io.entrepot.loadtest.TestImage;
import io.entrepot.loadtest.TokenAuth;
import io.entrepot.server.audit.StoredLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** An upstream that is asked with what callers bring: each reads what it lets them read, held here or not, and no more. */
@Timeout(120)
@ExtendWith({BlockHoundSetup.class, LeakCheck.class})
class PassThroughTest {

    private static final TestImage SECRET =
            ImageBuilder.image().seed(11).layer(300_000).build();
    private static final TestImage PUBLIC =
            ImageBuilder.image().seed(12).layer(4_000).build();

    private static final String PRIVATE = "/v2/docker.io/acme/app/";
    private static final String OPEN = "/v2/docker.io/open/app/";

    @TempDir
    private Path root;

    private final TokenAuth tokens = TokenAuth.anonymous()
            .openTo("open/")
            .user("alice", "wonderland", "acme/")
            .user("carol", "christmas", "acme/")
            .user("bob", "builder", "bobs/");
    private final FakeRegistry registry = FakeRegistry.builder().auth(tokens).start();
    private final ExecutorService pool = Executors.newCachedThreadPool();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private Asking client;

    private void start(String upstream, String... more) throws Exception {
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

    private void start() throws Exception {
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

    private Response token(String repository, String... headers) {
        return client.get(
                "/token?service=" + client.path("").getAuthority() + "&scope=repository:docker.io/" + repository
                        + ":pull",
                headers);
    }

    private String as(String user, String password, String repository) {
        Response answer = token(repository, basic(user, password));
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return bearer(Asking.token(answer));
    }

    private String alice() {
        return as("alice", "wonderland", "acme/app");
    }

    private String bob() {
        return as("bob", "builder", "acme/app");
    }

    private String nobody(String repository) {
        return bearer(Asking.token(token(repository)));
    }

    @Test
    void whoBringsNothingIsAskedForALoginByABearerChallengeOfTheMirror() throws Exception {
        start();

        Response asked = client.get(PRIVATE + "manifests/1");

        assertThat(asked.status()).isEqualTo(401);
        assertThat(asked.header("WWW-Authenticate"))
                .isEqualTo("Bearer realm=\"" + client.path("/token") + "\",service=\""
                        + client.path("").getAuthority() + "\",scope=\"repository:docker.io/acme/app:pull\"");
        assertThat(client.get("/v2/").status()).as("docker and podman ask here").isEqualTo(401);
        assertThat(registry.seen()).isEmpty();
    }

    @Test
    void publicImagesNeedNoSecret() throws Exception {
        start();
        String nobody = nobody("open/app");

        assertThat(client.get(OPEN + "manifests/1", nobody).status()).isEqualTo(200);
        assertThat(client.get(OPEN + "blobs/" + PUBLIC.layer(0).digest(), nobody)
                        .body())
                .isEqualTo(PUBLIC.layer(0).bytes());
        assertThat(client.get(PRIVATE + "manifests/1", nobody("acme/app")).status())
                .isEqualTo(401);
    }

    @Test
    void eachReadsWhatTheUpstreamLetsThemReadHeldOrNot() throws Exception {
        start();
        String layer = PRIVATE + "blobs/" + SECRET.layer(0).digest();
        String manifest = PRIVATE + "manifests/" + SECRET.digest();

        for (int time = 0; time < 2; time++) {
            assertThat(client.get(PRIVATE + "manifests/1", bob()).status()).isEqualTo(403);
            assertThat(client.get(PRIVATE + "manifests/1", alice()).status()).isEqualTo(200);
            assertThat(client.get(layer, alice()).body())
                    .isEqualTo(SECRET.layer(0).bytes());
            for (String path : List.of(PRIVATE + "manifests/1", manifest, layer, PRIVATE + "tags/list")) {
                assertThat(client.get(path, bob()).status()).as(path).isEqualTo(403);
                assertThat(client.get(path, nobody("acme/app")).status())
                        .as(path)
                        .isEqualTo(401);
                assertThat(client.get(path).status()).as(path).isEqualTo(401);
            }
            assertThat(client.get(PRIVATE + "referrers/" + SECRET.digest(), bob())
                            .status())
                    .isEqualTo(403);
        }
    }

    @Test
    void whatIsHeldByWayOfAPrivateRepositoryIsNotServedByWayOfAnotherOne() throws Exception {
        start();
        registry.push("bobs/app", "1", PUBLIC);
        client.get(PRIVATE + "manifests/1", alice());
        client.get(PRIVATE + "blobs/" + SECRET.layer(0).digest(), alice());
        String bob = as("bob", "builder", "bobs/app");

        assertThat(client.get("/v2/docker.io/bobs/app/manifests/1", bob).status())
                .isEqualTo(200);
        assertThat(client.get("/v2/docker.io/bobs/app/blobs/" + SECRET.layer(0).digest(), bob)
                        .status())
                .isEqualTo(404);
        assertThat(client.get("/v2/docker.io/bobs/app/manifests/" + SECRET.digest(), bob)
                        .status())
                .isEqualTo(404);
    }

    @Test
    void aWrongLoginIsRefusedAndAfterAFewHasToWait() throws Exception {
        start();

        for (int i = 0; i < 5; i++) {
            Response refused = token("acme/app", basic("alice", "guess-" + i));
            assertThat(refused.status()).isEqualTo(401);
            assertThat(refused.header("WWW-Authenticate")).isEqualTo("Basic realm=\"entrepot\"");
        }
        // on a busy machine they may have waited long enough, and have to wait twice as long the next time
        Await.until(
                "they have to wait",
                () -> token("acme/app", basic("alice", "guess-6")).status() == 429);
        assertThat(token("acme/app", basic("bob", "builder")).status())
                .as("others need not wait")
                .isEqualTo(200);
    }

    @Test
    void containerdsFormIsTaken() throws Exception {
        start();
        String form = Asking.form(Map.of(
                "grant_type", "password",
                "client_id", "containerd-client",
                "service", "docker.io",
                "scope", "repository:acme/app:pull",
                "username", "alice",
                "password", "wonderland"));

        Response answer = RawHttp.send(
                client.path("/token"),
                "POST /token HTTP/1.1\r\nHost: " + client.path("").getAuthority()
                        + "\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "
                        + form.length() + "\r\n\r\n" + form);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(client.get("/v2/acme/app/manifests/1?ns=docker.io", bearer(Asking.token(answer)))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aTokenIsForTheRepositoriesOfItsChallenge() throws Exception {
        start();
        registry.push("acme/other", "1", PUBLIC);

        Response other = client.get("/v2/docker.io/acme/other/manifests/1", alice());

        assertThat(other.status()).isEqualTo(401);
        assertThat(other.header("WWW-Authenticate"))
                .contains("repository:docker.io/acme/other:pull")
                .contains("error=\"insufficient_scope\"");
    }

    @Test
    void aLoginGoesToNoOtherUpstream() throws Exception {
        try (FakeRegistry other = FakeRegistry.start()) {
            other.push("team/app", "1", PUBLIC);
            start(
                    "auth: pass-through",
                    "  quay.io: { url: \"" + other.url() + "\", internal: true }",
                    "  ghcr.io: { url: \"" + other.url() + "\", internal: true, auth: pass-through }");
            Response mixed = client.get(
                    "/token?scope=repository:docker.io/acme/app:pull" + "&scope=repository:ghcr.io/team/app:pull",
                    basic("alice", "wonderland"));
            String dockers = alice();

            assertThat(mixed.status()).isEqualTo(403);
            assertThat(client.get("/v2/quay.io/team/app/manifests/1", dockers).status())
                    .isEqualTo(200);
            assertThat(client.get("/v2/ghcr.io/team/app/manifests/1", dockers).status())
                    .isEqualTo(401);
            assertThat(other.seen())
                    .noneMatch(seen -> seen.headers().first("Authorization").isPresent());
        }
    }

    @Test
    void theRightIsShownByOneCheapRequestForACallerAndARepository() throws Exception {
        start();
        String alice = alice();
        registry.forgetSeen();

        for (int i = 0; i < 3; i++) {
            assertThat(client.get(PRIVATE + "manifests/1", alice).status()).isEqualTo(200);
            assertThat(client.get(PRIVATE + "blobs/" + SECRET.layer(0).digest(), alice())
                            .status())
                    .isEqualTo(200);
        }

        assertThat(registry.count("HEAD", "/acme/app/manifests/")).isEqualTo(1);
        assertThat(registry.count("GET", "/acme/app/manifests/")).isEqualTo(1);
        assertThat(registry.count("GET", "/acme/app/blobs/")).isEqualTo(1);

        client.get(PRIVATE + "manifests/1", as("carol", "christmas", "acme/app"));
        assertThat(registry.count("HEAD", "/acme/app/manifests/"))
                .as("carol's own")
                .isEqualTo(2);
        assertThat(registry.count("GET", "/acme/app/manifests/")).isEqualTo(1);
    }

    @Test
    void aDownloadIsSharedByCallersWhoseRightIsShown() throws Exception {
        start();
        String layer = PRIVATE + "blobs/" + SECRET.layer(0).digest();
        String alice = alice();
        String carol = as("carol", "christmas", "acme/app");
        client.get(PRIVATE + "manifests/1", alice);
        client.get(PRIVATE + "manifests/1", carol);
        Gate gate = registry.holdBody(SECRET.layer(0).digest().toString(), 100_000);

        CompletableFuture<Response> one = CompletableFuture.supplyAsync(() -> client.get(layer, alice));
        gate.awaitWaiting(1);
        CompletableFuture<Response> two = CompletableFuture.supplyAsync(() -> client.get(layer, carol));
        gate.release();

        assertThat(one.join().body()).isEqualTo(SECRET.layer(0).bytes());
        assertThat(two.join().body()).isEqualTo(SECRET.layer(0).bytes());
        assertThat(registry.count("GET", "/acme/app/blobs/")).isEqualTo(1);
    }

    @Test
    void whoLosesTheirRightIsGivenNothingMoreWhateverIsHeld() throws Exception {
        start("auth: pass-through, caller-rights: { fresh: 0s }");
        String alice = alice();
        String carol = as("carol", "christmas", "acme/app");
        assertThat(client.get(PRIVATE + "manifests/1", alice).status()).isEqualTo(200);
        assertThat(client.get(PRIVATE + "manifests/1", carol).status()).isEqualTo(200);

        tokens.withoutUser("alice", "wonderland").revoke();

        assertThat(client.get(PRIVATE + "manifests/1", alice).status()).isEqualTo(403);
        assertThat(client.get(PRIVATE + "manifests/1", carol).status()).isEqualTo(200);
        registry.stop();
        assertThat(client.get(PRIVATE + "manifests/1", alice).status())
                .as("nothing of what was shown before holds any more")
                .isIn(403, 503);
        assertThat(client.get(PRIVATE + "manifests/1", carol).status()).isEqualTo(200);
    }

    @Test
    void aRefusalByTheUpstreamIsNoReasonToServeAStaleTag() throws Exception {
        start("auth: pass-through, caller-rights: { fresh: 1h }", "tags: [ { match: \"**\", fresh: 0s, stale: 24h } ]");
        String alice = alice();
        assertThat(client.get(PRIVATE + "manifests/1", alice).status()).isEqualTo(200);

        tokens.withoutUser("alice", "wonderland").revoke();

        assertThat(client.get(PRIVATE + "manifests/1", alice).status()).isEqualTo(403);
    }

    @Test
    void whatWasShownHoldsForAWhileIfTheUpstreamCannotBeAsked() throws Exception {
        start("auth: pass-through, caller-rights: { fresh: 0s, stale: 1h }");
        String alice = alice();
        String bob = bob();
        assertThat(client.get(PRIVATE + "manifests/1", alice).status()).isEqualTo(200);

        registry.stop();

        assertThat(client.get(PRIVATE + "manifests/1", alice).status()).isEqualTo(200);
        assertThat(client.get(PRIVATE + "manifests/1", alice()).status())
                .as("with another token")
                .isEqualTo(200);
        Response refused = client.get(PRIVATE + "manifests/1", bob);
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.text()).contains("whether you may read docker.io/acme/app cannot be found out now");
    }

    @Test
    void aHeadThatNobodyIsGivenShowsNothing() throws Exception {
        start();
        assertThat(client.get(PRIVATE + "manifests/1", alice()).status()).isEqualTo(200);
        registry.fault(Fault.HEAD_REFUSED);

        assertThat(client.get(PRIVATE + "manifests/1", bob()).status()).isEqualTo(403);
        assertThat(client.get(PRIVATE + "manifests/1", nobody("acme/app")).status())
                .isEqualTo(401);
        assertThat(client.get(PRIVATE + "manifests/1", as("carol", "christmas", "acme/app"))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void sixPullsOfOneSecretAtOnceAreOneLogin() throws Exception {
        start();
        Gate gate = registry.holdAnswer("/token");
        List<CompletableFuture<Response>> all = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            all.add(CompletableFuture.supplyAsync(() -> token("acme/app", basic("alice", "wonderland")), pool));
        }
        gate.awaitWaiting(1);
        gate.release();

        all.forEach(each -> assertThat(each.join().status()).isEqualTo(200));
        assertThat(registry.tokenRequests()).isEqualTo(1);
    }

    @Test
    void whatIsGoodHereIsSentNowhereElse() throws Exception {
        String hash = BCrypt.with(BCrypt.Version.VERSION_2Y).hashToString(4, "wonderland".toCharArray());
        Files.writeString(root.resolve("users"), "alice:" + hash + "\n");
        start("auth: pass-through", "access: { htpasswd: " + root.resolve("users") + " }");

        Response ours = token("acme/app", basic("alice", "wonderland"));
        Response carols = token("acme/app", basic("carol", "christmas"));

        assertThat(ours.status()).isEqualTo(401);
        assertThat(ours.text()).contains("a user of that name is known here");
        assertThat(carols.status()).isEqualTo(200);
        assertThat(registry.seen())
                .allMatch(seen -> seen.headers()
                        .first("Authorization")
                        .filter(basic("alice", "wonderland").substring("Authorization: ".length())::equals)
                        .isEmpty());
    }

    @Test
    void whatIsNotThereForOneMayBeThereForAnother() throws Exception {
        start("auth: pass-through, caller-rights: { fresh: 1h }", "tags: [ { match: \"**\", fresh: 0s, stale: 0s } ]");
        String alice = alice();
        String carol = as("carol", "christmas", "acme/app");
        assertThat(client.get(PRIVATE + "manifests/1", alice).status()).isEqualTo(200);
        assertThat(client.get(PRIVATE + "manifests/1", carol).status()).isEqualTo(200);
        registry.untag("acme/app", "1");
        assertThat(client.get(PRIVATE + "manifests/1", alice).status()).isEqualTo(404);
        registry.tag("acme/app", "1", SECRET.digest());

        assertThat(client.get(PRIVATE + "manifests/1", carol).status()).isEqualTo(200);
    }

    @Test
    void aCallerWhoIsRefusedIsGivenNoOldList() throws Exception {
        start("auth: pass-through, caller-rights: { fresh: 1h }");
        String alice = alice();
        assertThat(client.get(PRIVATE + "manifests/1", alice).status()).isEqualTo(200);
        assertThat(client.get(PRIVATE + "tags/list", alice).text()).contains("\"1\"");

        tokens.withoutUser("alice", "wonderland").revoke();

        assertThat(client.get(PRIVATE + "tags/list", alice).status()).isEqualTo(403);
    }

    @Test
    void tokensAreForThePlaceThatTheyWereGivenFor() throws Exception {
        try (FakeRegistry other = FakeRegistry.start()) {
            other.push("acme/app", "1", PUBLIC);
            start();
            String alice = alice();
            String config = Files.readString(root.resolve("mirror.yaml"));
            Files.writeString(
                    root.resolve("mirror.yaml"),
                    config.replace(registry.url().toString(), other.url().toString()));
            assertThat(((Mirror) opened.get(0))
                            .reload()
                            .get(30, TimeUnit.SECONDS)
                            .problems())
                    .isEmpty();

            assertThat(client.get(PRIVATE + "manifests/1", alice).status()).isEqualTo(401);
            assertThat(other.seen()).isEmpty();
        }
    }

    @Test
    void someRepositoriesAreAskedForWithOurOwnLogin() throws Exception {
        Files.writeString(root.resolve("password"), "wonderland");
        start("auth: pass-through, shared: true, credentials: [ { repositories: [\"acme/**\"], "
                + "auth: { username: alice, password: \"${file:" + root.resolve("password") + "}\" } } ]");

        assertThat(client.get(PRIVATE + "manifests/1").status()).isEqualTo(200);
        assertThat(client.get(OPEN + "manifests/1").status()).isEqualTo(401);
        assertThat(client.get(OPEN + "manifests/1", nobody("open/app")).status())
                .isEqualTo(200);
    }

    @Test
    void aRegistryWithoutTokensIsAskedWithTheLoginItself() throws Exception {
        try (FakeRegistry plain =
                FakeRegistry.builder().auth(Auth.basic("alice", "wonderland")).start()) {
            plain.push("team/app", "1", SECRET);
            start(
                    "auth: pass-through",
                    "  quay.io: { url: \"" + plain.url() + "\", internal: true, auth: pass-through }");
            String path = "/v2/quay.io/team/app/manifests/1";
            String scope = "/token?scope=repository:quay.io/team/app:pull";

            Response alice = client.get(scope, basic("alice", "wonderland"));
            Response wrong = client.get(scope, basic("alice", "builder"));

            assertThat(wrong.status()).isEqualTo(401);
            assertThat(client.get(path, bearer(Asking.token(alice))).status()).isEqualTo(200);
            assertThat(client.get(path, bearer(Asking.token(client.get(scope)))).status())
                    .isEqualTo(401);
        }
    }

    @Test
    void aLoginIsNeitherLoggedNorKeptInTheRecordsButItsUserIs() throws Exception {
        start();
        String alice = alice();
        client.get(PRIVATE + "manifests/1", alice);
        Await.until("the pull is on record", () -> !records().isEmpty());

        assertThat(records()).contains("\"credential\":\"pass-through alice\"");
        // from then on no file comes or goes
        opened.remove(0).close();
        try (Stream<Path> files = Files.walk(root.resolve("data"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain("wonderland");
            }
        }
    }

    private String records() {
        try {
            StringBuilder all = new StringBuilder();
            StoredLog log = StoredLog.open(root.resolve("data/audit"));
            log.read(log.first(), log.end(), (seq, record) -> {
                String text = new String(record, StandardCharsets.UTF_8);
                if (text.contains("\"verdict\":\"allow\"")) {
                    all.append(text);
                }
            });
            return all.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
