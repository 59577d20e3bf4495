package io.entrepot.server;

import static io.entrepot.server.Asking.basic;
import static io.entrepot.server.Asking.bearer;
import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import io.entrepot.loadtest.Auth;
import io.entrepot.loadtest.Await;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.Gate;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.loadtest.RawHttp.Response;
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
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What callers bring is tried at the upstream that they bring it for, sent nowhere else, and kept by themselves. */
class PassThroughLoginTest extends PassThroughFixture {

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

        Response answer = posted(form);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(client.get("/v2/acme/app/manifests/1?ns=docker.io", bearer(Asking.token(answer)))
                        .status())
                .isEqualTo(200);
    }

    private Response posted(String form) throws IOException {
        return RawHttp.send(
                client.path("/token"),
                "POST /token HTTP/1.1\r\nHost: " + client.path("").getAuthority()
                        + "\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "
                        + form.length() + "\r\n\r\n" + form);
    }

    @Test
    void anIdentityTokenIsChangedIntoOthersByTheUpstreamItIsBroughtFor() throws Exception {
        try (FakeRegistry azure =
                FakeRegistry.builder().auth(TokenAuth.identity("identity-1")).start()) {
            azure.push("team/app", "1", SECRET);
            start(
                    "auth: pass-through",
                    "  quay.io: { url: \"" + azure.url() + "\", internal: true, auth: pass-through }");
            String path = "/v2/quay.io/team/app/manifests/1";

            Response answer = posted(identity("identity-1"));
            Response wrong = posted(identity("identity-2"));

            assertThat(answer.status()).as(answer.text()).isEqualTo(200);
            assertThat(answer.text()).doesNotContain("identity-1");
            assertThat(client.get(path, bearer(Asking.token(answer))).status()).isEqualTo(200);
            assertThat(wrong.status()).isEqualTo(401);
            assertThat(client.get(
                                    path,
                                    bearer(Asking.token(client.get("/token?scope=repository:quay.io/team/app:pull"))))
                            .status())
                    .isEqualTo(401);
        }
    }

    private static String identity(String token) {
        return Asking.form(Map.of(
                "grant_type", "refresh_token",
                "client_id", "containers/image",
                "scope", "repository:quay.io/team/app:pull",
                "refresh_token", token));
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
