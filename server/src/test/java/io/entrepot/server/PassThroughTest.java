package io.entrepot.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.Fault;
import io.entrepot.loadtest.Gate;
import io.entrepot.loadtest.RawHttp.Response;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** An upstream that is asked with what callers bring: each reads what it lets them read, held here or not, and no more. */
class PassThroughTest extends PassThroughFixture {

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
    void someRepositoriesAreAskedForWithOurOwnLogin() throws Exception {
        Files.writeString(root.resolve("password"), "wonderland");
        start("auth: pass-through, shared: true, credentials: [ { repositories: [\"acme/**\"], "
                + "auth: { username: alice, password: \"${file:" + root.resolve("password") + "}\" } } ]");

        assertThat(client.get(PRIVATE + "manifests/1").status()).isEqualTo(200);
        assertThat(client.get(OPEN + "manifests/1").status()).isEqualTo(401);
        assertThat(client.get(OPEN + "manifests/1", nobody("open/app")).status())
                .isEqualTo(200);
    }
}
