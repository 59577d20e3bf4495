package io.entrepot.server;

import static io.entrepot.server.Asking.basic;
import static io.entrepot.server.Asking.bearer;
import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.loadtest.RawHttp.Response;
import io.entrepot.loadtest.TestImage;
import io.entrepot.server.access.TestIssuer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever shows who they are gets what is theirs, in each of the ways in which clients do; nobody else does. */
@Timeout(120)
@ExtendWith({BlockHoundSetup.class, LeakCheck.class})
class WhoAsksTest {

    private static final String APP = "/v2/docker.io/team-a/app/manifests/1";
    private static final String SCOPE = "repository:docker.io/team-a/app:pull";
    private static final String OPEN = "/v2/docker.io/library/open/manifests/1";
    private static final TestImage IMAGE =
            ImageBuilder.image().seed(1).layer(3_000).build();

    @TempDir
    private Path root;

    private final FakeRegistry registry = FakeRegistry.start();
    private final List<Mirror> started = new ArrayList<>();
    private TestConfig config;
    private Mirror mirror;
    private Asking client;

    @BeforeEach
    void start() throws Exception {
        registry.push("team-a/app", "1", IMAGE);
        registry.push("library/open", "1", IMAGE);
        users("alice", "open sesame");
        Files.writeString(root.resolve("jwks.json"), TestIssuer.jwks());
        config = TestConfig.under(root, access("[{ users: [alice] }]"));
        mirror = config.start();
        started.add(mirror);
        client = new Asking(mirror);
    }

    @AfterEach
    void stop() {
        started.forEach(Mirror::close);
        registry.close();
    }

    @Test
    void aUserIsKnownByTheirPassword() {
        assertThat(client.get(APP, basic("alice", "open sesame")).digest()).isEqualTo(IMAGE.digest());
        assertThat(client.head(APP, basic("alice", "open sesame")).status()).isEqualTo(200);
    }

    @Test
    void whoIsWrongIsNotTakenForNobody() {
        Response wrong = client.get(OPEN, basic("alice", "close sesame"));

        assertThat(wrong.status()).isEqualTo(401);
        assertThat(wrong.reason()).isEqualTo("the user name or the password is wrong");
        assertThat(wrong.header("WWW-Authenticate")).contains("error=\"invalid_token\"");
        assertThat(wrong.text()).contains("UNAUTHORIZED").doesNotContain("sesame");
    }

    @Test
    void aTokenOfAnIssuerIsTakenAsATokenAndAsAPassword() {
        String token = TestIssuer.token("");

        assertThat(client.get(APP, bearer(token)).status()).isEqualTo(200);
        assertThat(client.get(APP, basic("kubelet", token)).status()).isEqualTo(200);
        assertThat(client.get(APP, bearer(token.substring(0, token.length() - 2)))
                        .status())
                .isEqualTo(401);
    }

    @Test
    void whatAnybodyMayHaveIsGivenToAnybodyWithoutAQuestion() {
        assertThat(client.get(OPEN).status()).isEqualTo(200);
        assertThat(client.get(OPEN, basic("alice", "open sesame")).status()).isEqualTo(200);
    }

    @Test
    void theQuestionSaysWhereTokensAreAndWhatFor() {
        Response asked = client.head(APP);

        assertThat(asked.status()).isEqualTo(401);
        assertThat(asked.reason()).isEqualTo("docker.io/team-a/app is for those who log in");
        assertThat(asked.header("WWW-Authenticate"))
                .isEqualTo("Bearer realm=\"http://127.0.0.1:" + mirror.port() + "/token\",service=\"127.0.0.1:"
                        + mirror.port() + "\",scope=\"" + SCOPE + "\"");
    }

    @Test
    void aRegistryThatIsNamedBesideThePathIsTheService() {
        Response asked = client.head("/v2/team-a/app/manifests/1?ns=docker.io");
        String token = Asking.token(
                client.get("/token?service=docker.io&scope=repository:team-a/app:pull", basic("alice", "open sesame")));

        assertThat(asked.header("WWW-Authenticate"))
                .contains("service=\"docker.io\",scope=\"repository:team-a/app:pull\"");
        assertThat(client.get("/v2/team-a/app/manifests/1?ns=docker.io", bearer(token))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aMountIsPartOfWhereTokensAre() {
        Response asked = client.head("/docker.io/v2/team-a/app/manifests/1");
        URI realm = URI.create(Asking.realm(asked.header("WWW-Authenticate")));
        String token = Asking.token(
                client.get(realm.getPath() + "?scope=repository:team-a/app:pull", basic("alice", "open sesame")));

        assertThat(realm.getPath()).isEqualTo("/docker.io/token");
        assertThat(client.get("/docker.io/v2/team-a/app/manifests/1", bearer(token))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void theTokenFlowByGetLeadsToThePull() {
        String token = Asking.token(client.get("/token?account=alice&scope=" + SCOPE, basic("alice", "open sesame")));

        assertThat(client.get(APP, bearer(token)).digest()).isEqualTo(IMAGE.digest());
        assertThat(client.get("/v2/", bearer(token)).status()).isEqualTo(200);
    }

    @Test
    void theTokenFlowByPostLeadsToThePull() {
        Response answer = post(Asking.form(Map.of(
                "grant_type", "password",
                "username", "alice",
                "password", "open sesame",
                "client_id", "containerd-client",
                "scope", SCOPE)));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).contains("\"expires_in\":300", "\"access_token\":");
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
        assertThat(client.get(APP, bearer(Asking.token(answer))).status()).isEqualTo(200);
    }

    @Test
    void aWrongPasswordGetsNoToken() {
        Response byPost = post(
                Asking.form(Map.of("grant_type", "password", "username", "alice", "password", "x", "scope", SCOPE)));
        Response byGet = client.get("/token?scope=" + SCOPE, basic("alice", "x"));

        assertThat(byPost.status()).isEqualTo(401);
        assertThat(byGet.status()).isEqualTo(401);
        assertThat(byGet.header("WWW-Authenticate")).isEqualTo("Basic realm=\"entrepot\"");
    }

    @Test
    void aGrantThatWeDoNotKnowSendsClientsToTheOtherForm() {
        assertThat(post("grant_type=client_credentials").status()).isEqualTo(400);
    }

    @Test
    void anIdentityTokenOfAnotherRegistryProvesNothingHere() {
        assertThat(post("grant_type=refresh_token&refresh_token=abc").status()).isEqualTo(401);
    }

    @Test
    void aTokenIsForNothingBesideWhatItWasAskedFor() {
        registry.push("team-a/other", "1", IMAGE);
        String token = Asking.token(client.get("/token?scope=" + SCOPE, basic("alice", "open sesame")));

        Response other = client.get("/v2/docker.io/team-a/other/manifests/1", bearer(token));

        assertThat(other.status()).isEqualTo(401);
        assertThat(other.header("WWW-Authenticate"))
                .contains("scope=\"repository:docker.io/team-a/other:pull\"", "error=\"insufficient_scope\"");
    }

    @Test
    void aTokenForPushingIsForNothing() {
        String token = Asking.token(
                client.get("/token?scope=repository:docker.io/team-a/app:push", basic("alice", "open sesame")));

        assertThat(client.get(APP, bearer(token)).status()).isEqualTo(401);
    }

    @Test
    void nobodyGetsATokenToGoOnAsNobody() {
        String token = Asking.token(client.get("/token?scope=repository:docker.io/library/open:pull"));

        assertThat(client.get("/v2/", bearer(token)).status()).isEqualTo(200);
        assertThat(client.get(OPEN, bearer(token)).status()).isEqualTo(200);
        assertThat(client.get(APP, bearer(token)).status()).isEqualTo(401);
    }

    @Test
    void nobodyIsToldAtTheTokenWhatNeedsALogin() {
        Response refused = client.get("/token?scope=" + SCOPE);

        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.reason()).isEqualTo("docker.io/team-a/app is for those who log in");
    }

    @Test
    void clientsThatAskOnceHowToLogInAreTold() {
        Response asked = client.get("/v2/");

        assertThat(asked.status()).isEqualTo(401);
        assertThat(asked.header("WWW-Authenticate")).startsWith("Bearer realm=").doesNotContain("scope");
        assertThat(client.get("/v2/", basic("alice", "open sesame")).status()).isEqualTo(200);
        assertThat(client.get("/v2/", basic("alice", "x")).status()).isEqualTo(401);
    }

    @Test
    void whereNothingDependsOnItNobodyIsAsked() throws Exception {
        config.write(upstream(), "access: { htpasswd: \"" + root.resolve("users") + "\" }");
        reload();

        assertThat(client.get("/v2/").status()).isEqualTo(200);
        assertThat(client.get(APP).status()).isEqualTo(200);
    }

    @Test
    void aRuleThatAnIdentityMayTurnAsksForIt() throws Exception {
        config.write(
                upstream(),
                "access: { htpasswd: \"" + root.resolve("users") + "\" }",
                "policy: { default: deny, rules: [{ name: known, match: { users: [\"*\"] }, allow: true }] }");
        reload();
        String nobody = Asking.token(client.get("/token?scope=repository:docker.io/library/open:pull"));

        assertThat(client.head(OPEN).status()).isEqualTo(401);
        assertThat(client.head(OPEN, basic("alice", "open sesame")).status()).isEqualTo(200);
        Response declined = client.head(OPEN, bearer(nobody));
        assertThat(declined.status()).isEqualTo(403);
        assertThat(declined.reason()).contains("no rule allows");
    }

    @Test
    void aReloadThatChangesWhoseThingsAreEndsTokens() throws Exception {
        String token = Asking.token(client.get("/token?scope=" + SCOPE, basic("alice", "open sesame")));
        config.write(access("[{ users: [alice] }]"), "log: { level: warn }");
        reload();
        assertThat(client.get(APP, bearer(token)).status()).isEqualTo(200);

        config.write(access("[{ users: [bob] }]"));
        reload();

        assertThat(client.get(APP, bearer(token)).status()).isEqualTo(401);
        assertThat(client.get(APP, basic("alice", "open sesame")).status()).isEqualTo(404);
    }

    @Test
    void aReloadThatFindsOtherUsersEndsTokens() throws Exception {
        String token = Asking.token(client.get("/token?scope=" + SCOPE, basic("alice", "open sesame")));
        users("bob", "builder");
        reload();

        assertThat(client.get(APP, bearer(token)).status()).isEqualTo(401);
    }

    @Test
    void aChangedFileOfUsersHoldsWithoutAReload() throws Exception {
        assertThat(client.get(APP, basic("alice", "open sesame")).status()).isEqualTo(200);
        String token = Asking.token(client.get("/token?scope=" + SCOPE, basic("alice", "open sesame")));
        users("alice", "new");

        eventually(() -> client.get(APP, basic("alice", "new")).status() == 200);
        assertThat(client.get(APP, bearer(token)).status()).isEqualTo(401);
        assertThat(client.get(APP, basic("alice", "open sesame")).status()).isEqualTo(401);
    }

    @Test
    void aFileOfUsersThatCannotBeReadChangesNothing() throws Exception {
        Files.writeString(root.resolve("users"), "alice:plain text\n");
        Files.writeString(root.resolve("jwks.json"), "{}");

        assertThat(mirror.reload().get(60, TimeUnit.SECONDS).problems())
                .singleElement()
                .asString()
                .contains("users: line 1: a hash that is not known here")
                .doesNotContain("plain text");
        assertThat(client.get(APP, basic("alice", "open sesame")).status()).isEqualTo(200);
    }

    @Test
    void whoGuessesHasToWait() {
        for (int i = 0; i < 5; i++) {
            assertThat(client.get(APP, basic("alice", "guess" + i)).status()).isEqualTo(401);
        }

        Response next = client.get(APP, basic("alice", "guess"));
        // on a busy machine it may have waited long enough, and has to wait twice as long the next time
        int longest = 1;
        while (next.status() == 401) {
            next = client.get(APP, basic("alice", "guess"));
            longest *= 2;
        }

        assertThat(next.status()).isEqualTo(429);
        assertThat(Integer.parseInt(next.header("Retry-After"))).isBetween(1, longest);
        assertThat(client.get(APP, bearer(TestIssuer.token(""))).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic !", "Basic", "Bearer", "Bearer a b", "Digest x=y", "Negotiate abc", "Basic OnB3"})
    void whatIsNoProofIsRefused(String authorization) {
        assertThat(client.get(APP, "Authorization: " + authorization).status()).isEqualTo(401);
    }

    @Test
    void attemptsAreCountedByMethodAndOutcome() throws Exception {
        client.get(APP, basic("alice", "open sesame"));
        client.get(APP, basic("alice", "x"));
        client.get(APP, bearer(TestIssuer.token("")));

        assertThat(Http.get(mirror.adminPort(), "/metrics").body())
                .contains(
                        "entrepot_auth_total{method=\"basic\",outcome=\"accepted\",} 1.0",
                        "entrepot_auth_total{method=\"basic\",outcome=\"refused\",} 1.0",
                        "entrepot_auth_total{method=\"jwt\",outcome=\"accepted\",} 1.0");
    }

    @Test
    void aNodeIsKnownByWhatItsFilesSend() throws Exception {
        Commands commands = new Commands();
        Path certs = root.resolve("certs.d");

        assertThat(commands.run(
                        "hosts",
                        "containerd",
                        "-e",
                        "https://mirror:5000",
                        "--node",
                        "worker-1",
                        "--config",
                        config.file().toString(),
                        "--dir",
                        certs.toString()))
                .as(commands.err())
                .isZero();

        String hosts = Files.readString(certs.resolve("_default/hosts.toml"));
        String credential = hosts.replaceAll("(?s).*Entrepot-Node = \\[\"([^\"]*)\"].*", "$1");
        assertThat(client.get("/v2/docker.io/nodes/only/manifests/1", "Entrepot-Node: " + credential)
                        .status())
                .isEqualTo(200);
        assertThat(client.get("/v2/docker.io/nodes/only/manifests/1").status()).isEqualTo(401);
        assertThat(client.get("/v2/", "Entrepot-Node: " + credential).status()).isEqualTo(200);

        assertThat(commands.run("nodes", "list", "--config", config.file().toString()))
                .isZero();
        assertThat(commands.out()).contains("worker-1").doesNotContain(credential);
        assertThat(commands.run(
                        "nodes", "revoke", "worker-1", "--config", config.file().toString()))
                .isZero();

        Response revoked = client.get(OPEN, "Entrepot-Node: " + credential);
        assertThat(revoked.status()).isEqualTo(403);
        assertThat(revoked.reason()).contains("the credential of this node is not known here");
        assertThat(commands.run(
                        "nodes", "revoke", "worker-1", "--config", config.file().toString()))
                .isEqualTo(1);
    }

    private String access(String read) {
        registry.push("nodes/only", "1", IMAGE);
        return upstream() + """

                access:
                  htpasswd: "%s/users"
                  issuers: [{ issuer: "%s", audience: [entrepot], algorithms: [RS256], jwks: "%s/jwks.json" }]
                  nodes: true
                  rights:
                    - { repositories: ["docker.io/team-a/**"], read: %s }
                    - { repositories: ["docker.io/nodes/*"], read: [{ users: ["node:worker-*"] }] }
                """.formatted(root, TestIssuer.NAME, root, read);
    }

    private String upstream() {
        return "upstreams: { docker.io: { url: \"%s\", internal: true } }".formatted(registry.url());
    }

    private void users(String name, String password) throws Exception {
        String hash = BCrypt.with(BCrypt.Version.VERSION_2Y).hashToString(4, password.toCharArray());
        Files.writeString(root.resolve("users"), name + ":" + hash + "\n");
    }

    private Response post(String form) {
        return RawHttp.send(
                client.path("/token"),
                "POST /token HTTP/1.1\r\nHost: 127.0.0.1:" + mirror.port()
                        + "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: " + form.length()
                        + "\r\nConnection: close\r\n\r\n" + form);
    }

    private void reload() throws Exception {
        assertThat(mirror.reload().get(60, TimeUnit.SECONDS).problems()).isEmpty();
    }

    private static void eventually(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
