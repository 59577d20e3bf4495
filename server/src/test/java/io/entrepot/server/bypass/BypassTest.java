package io.entrepot.server.bypass;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.Blob;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.RawHttp.Response;
import io.entrepot.loadtest.TestImage;
import io.entrepot.server.BlockHoundSetup;
import io.entrepot.server.LeakCheck;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every way round a rule that somebody took in another registry, or might take here. */
@Timeout(120)
@ExtendWith({BlockHoundSetup.class, LeakCheck.class})
class BypassTest {

    private static final String HUB = "/v2/docker.io/";

    private final TestImage good =
            ImageBuilder.image().seed(1).platform("linux/amd64").layer(70_000).build();
    private final TestImage evil =
            ImageBuilder.image().seed(2).platform("linux/amd64").layer(80_000).build();
    private final TestImage arm =
            ImageBuilder.image().seed(3).platform("linux/arm64").layer(90_000).build();

    @TempDir
    private Path dir;

    private PolicyMirror mirror;

    private void start(String policy) throws Exception {
        mirror = PolicyMirror.start(dir, policy);
        mirror.registry.push("library/good", "1", good);
        mirror.registry.push("library/evil", "1", evil);
        mirror.registry.push("acme/app", "1", evil);
    }

    @AfterEach
    void stop() {
        if (mirror != null) {
            mirror.close();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v2/docker.io/library/evil/manifests/1",
                "/v2/docker.io/evil/manifests/1",
                "/v2/library/evil/manifests/1?ns=docker.io",
                "/v2/evil/manifests/1?ns=docker.io",
                "/v2/library/evil/manifests/1?ns=index.docker.io",
                "/v2/library/evil/manifests/1?ns=registry-1.docker.io",
                "/v2/index.docker.io/library/evil/manifests/1",
                "/v2/registry-1.docker.io/evil/manifests/1",
                "/docker.io/v2/library/evil/manifests/1",
                "/v2/library/evil/manifests/1",
                "/v2/evil/manifests/1"
            })
    void everyNameOfARepositoryIsTheSameRepository(String path) throws Exception {
        start(
                "policy: { default: allow, rules: [ { name: no-evil, match: { repositories: [\"docker.io/library/evil\"] },"
                        + " deny: \"{image} is not for us\" } ] }");

        assertThat(mirror.status(path)).isEqualTo(403);
        assertThat(mirror.head(path).reason()).contains("docker.io/library/evil:1 is not for us", "no-evil");
        assertThat(mirror.registry.seen()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v2/docker.io/library%2Fevil/manifests/1",
                "/v2/docker.io/library//evil/manifests/1",
                "/v2/docker.io/library/./evil/manifests/1",
                "/v2/docker.io/library/good/../evil/manifests/1",
                "/v2/docker.io/Library/Evil/manifests/1",
                "/v2/docker.io/library/evil/manifests/1/",
                "/v2/docker.io/library/evil/manifests/1@sha256:0000000000000000000000000000000000000000000000000000000000000000",
                "/v2/library/evil/manifests/1?ns=docker.io&ns=quay.io",
                "/v2/library/evil/manifests/1?ns=127.0.0.1:1",
                "/v2/library/evil/manifests/1?ns=docker.io%0d%0aX:%20y"
            })
    void whatIsNoNameIsNobodysRepository(String path) throws Exception {
        start(
                "policy: { default: allow, rules: [ { name: no-evil, match: { repositories: [\"docker.io/library/evil\"] },"
                        + " deny: \"no\" } ] }");

        assertThat(mirror.status(path)).isBetween(400, 404);
        assertThat(mirror.registry.seen()).isEmpty();
    }

    @Test
    void whatIsRefusedByTagIsRefusedByDigestOnceItStandsUnderThatTag() throws Exception {
        start("");
        assertThat(mirror.status(HUB + "library/evil/manifests/1")).isEqualTo(200);

        mirror.policy(
                "policy: { default: allow, rules: [ { name: no-one, match: { tags: [\"1\"] }, deny: \"no 1\" } ] }");

        assertThat(mirror.status(HUB + "library/evil/manifests/1")).isEqualTo(403);
        assertThat(mirror.status(HUB + "library/evil/manifests/" + evil.digest()))
                .isEqualTo(403);
        assertThat(mirror.status(HUB + "library/evil/blobs/" + evil.digest())).isEqualTo(403);
        assertThat(mirror.status(HUB + "library/evil/blobs/" + evil.layer(0).digest()))
                .isEqualTo(403);
        assertThat(mirror.status(HUB + "library/evil/blobs/" + evil.layer(0).digest(), "Range: bytes=5-9"))
                .isEqualTo(403);
        assertThat(mirror.status(HUB + "library/evil/referrers/" + evil.digest()))
                .isEqualTo(403);
    }

    @Test
    void oneTagThatIsAllowedIsEnoughForItsDigest() throws Exception {
        start("");
        mirror.registry.push("library/evil", "v1", evil);
        mirror.status(HUB + "library/evil/manifests/1");
        mirror.status(HUB + "library/evil/manifests/v1");

        mirror.policy("policy: { rules: [ { name: versions, match: { tags: [\"v*\"] }, allow: true } ] }");

        assertThat(mirror.status(HUB + "library/evil/manifests/1")).isEqualTo(403);
        assertThat(mirror.status(HUB + "library/evil/manifests/" + evil.digest()))
                .isEqualTo(200);
        assertThat(mirror.status(HUB + "library/evil/blobs/" + evil.layer(0).digest()))
                .isEqualTo(200);
    }

    @Test
    void aDigestThatStandsUnderNoTagMatchesNoRuleByTag() throws Exception {
        start("policy: { rules: [ { name: versions, match: { tags: [\"1\"] }, allow: true } ] }");

        assertThat(mirror.status(HUB + "library/good/manifests/" + good.digest()))
                .isEqualTo(403);
        assertThat(mirror.status(HUB + "library/good/blobs/" + good.layer(0).digest()))
                .isBetween(403, 404);
        assertThat(mirror.registry.count("/blobs/")).isZero();

        assertThat(mirror.status(HUB + "library/good/manifests/1")).isEqualTo(200);
        assertThat(mirror.status(HUB + "library/good/manifests/" + good.digest()))
                .isEqualTo(200);
        assertThat(mirror.status(HUB + "library/good/blobs/" + good.layer(0).digest()))
                .isEqualTo(200);
    }

    @Test
    void aBlobIsNotGivenToARepositoryThatMayNotBePulled() throws Exception {
        start("policy: { rules: [ { name: ours, match: { repositories: [\"docker.io/acme/**\"] }, allow: true } ] }");
        assertThat(mirror.status(HUB + "acme/app/manifests/1")).isEqualTo(200);
        assertThat(mirror.status(HUB + "acme/app/blobs/" + evil.layer(0).digest()))
                .isEqualTo(200);

        assertThat(mirror.status(HUB + "library/evil/manifests/" + evil.digest()))
                .isEqualTo(403);
        assertThat(mirror.status(HUB + "library/evil/blobs/" + evil.layer(0).digest()))
                .isEqualTo(403);
        assertThat(mirror.status("/v2/quay.io/acme/app/blobs/" + evil.layer(0).digest()))
                .isEqualTo(403);
        assertThat(mirror.registry.count("library/evil")).isZero();
    }

    @Test
    void aBlobIsNotGivenToARepositoryWhoseManifestsDoNotNameIt() throws Exception {
        start("policy: { rules: [ { name: small, match: { repositories: [\"docker.io/**\"] },"
                + " require: { max-size: 1MiB } } ] }");
        mirror.registry.push("library/good", evil.layer(0));
        mirror.status(HUB + "acme/app/manifests/1");
        assertThat(mirror.status(HUB + "acme/app/blobs/" + evil.layer(0).digest()))
                .isEqualTo(200);

        assertThat(mirror.status(HUB + "library/good/blobs/" + evil.layer(0).digest()))
                .isEqualTo(404);
    }

    @Test
    void whatIsTooLargeIsRefusedWithAllItsPartsOnTheFirstPull() throws Exception {
        TestImage large = ImageBuilder.image().seed(4).layer(2_000_000).build();
        start("policy: { rules: [ { name: small, match: {}, require: { max-size: 1MiB } } ] }");
        mirror.registry.push("library/good", "2", large);

        Response refused = mirror.get(HUB + "library/good/manifests/2");

        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.text()).contains("small");
        assertThat(mirror.status(HUB + "library/good/manifests/" + large.digest()))
                .isEqualTo(403);
        assertThat(mirror.status(HUB + "library/good/blobs/" + large.layer(0).digest()))
                .isBetween(403, 404);
        assertThat(mirror.registry.count("/blobs/")).isZero();
        assertThat(mirror.status(HUB + "library/good/manifests/1")).isEqualTo(200);
    }

    @Test
    void aSharedLayerIsGivenByTheImageThatIsAllowed() throws Exception {
        byte[] base = "the layer that both have".getBytes(StandardCharsets.UTF_8);
        TestImage small = ImageBuilder.image().seed(5).layer(base).build();
        TestImage large =
                ImageBuilder.image().seed(6).layer(base).layer(2_000_000).build();
        start("");
        mirror.registry.push("acme/both", "small", small);
        mirror.registry.push("acme/both", "large", large);
        mirror.status(HUB + "acme/both/manifests/small");
        mirror.status(HUB + "acme/both/manifests/large");

        mirror.policy("policy: { rules: [ { name: small, match: {}, require: { max-size: 1MiB } } ] }");

        assertThat(mirror.status(HUB + "acme/both/blobs/" + small.layer(0).digest()))
                .isEqualTo(200);
        assertThat(mirror.status(HUB + "acme/both/blobs/" + large.layer(1).digest()))
                .isEqualTo(403);
    }

    @Test
    void aChildOfAnIndexIsJudgedItself() throws Exception {
        TestImage index = ImageBuilder.index().add(good).add(arm).build();
        start("policy: { rules: [ { name: amd64, match: {}, require: { platforms: [linux/amd64] } } ] }");
        mirror.registry.push("library/multi", "1", index);

        assertThat(mirror.status(HUB + "library/multi/manifests/1")).isEqualTo(200);
        assertThat(mirror.status(HUB + "library/multi/manifests/" + good.digest()))
                .isEqualTo(200);
        assertThat(mirror.status(HUB + "library/multi/manifests/" + arm.digest()))
                .isEqualTo(403);
        assertThat(mirror.status(HUB + "library/multi/blobs/" + arm.layer(0).digest()))
                .isEqualTo(403);
    }

    @Test
    void anImageWithoutAnIndexIsJudgedByItsConfig() throws Exception {
        start("policy: { rules: [ { name: amd64, match: {}, require: { platforms: [linux/amd64] } } ] }");
        mirror.registry.push("library/arm", "1", arm);

        assertThat(mirror.status(HUB + "library/good/manifests/1")).isEqualTo(200);
        assertThat(mirror.status(HUB + "library/arm/manifests/1")).isEqualTo(403);
        assertThat(mirror.status(HUB + "library/arm/manifests/" + arm.digest())).isEqualTo(403);
    }

    @Test
    void aChildStandsUnderTheTagOfItsIndex() throws Exception {
        TestImage index = ImageBuilder.index().add(good).add(arm).build();
        start("policy: { rules: [ { name: release, match: { tags: [\"v*\"] }, allow: true } ] }");
        mirror.registry.push("library/multi", "v1", index);

        assertThat(mirror.status(HUB + "library/multi/manifests/" + good.digest()))
                .isEqualTo(403);
        assertThat(mirror.status(HUB + "library/multi/manifests/v1")).isEqualTo(200);
        assertThat(mirror.status(HUB + "library/multi/manifests/" + good.digest()))
                .isEqualTo(200);
        assertThat(mirror.status(HUB + "library/multi/blobs/" + good.layer(0).digest()))
                .isEqualTo(200);
    }

    @Test
    void aRunnableImageUnderASignaturesTagIsAnImage() throws Exception {
        start("policy: { rules: [ { name: small, match: {}, require: { max-size: 10KiB } } ] }");
        String tag = "sha256-" + good.digest().hex() + ".sig";
        mirror.registry.push("library/good", tag, evil);

        assertThat(mirror.status(HUB + "library/good/manifests/" + tag)).isEqualTo(403);
        assertThat(mirror.status(HUB + "library/good/blobs/" + evil.layer(0).digest()))
                .isBetween(403, 404);
    }

    @Test
    void anIndexUnderASignaturesTagLendsItsVerdictToNobody() throws Exception {
        TestImage index = ImageBuilder.index().add(evil).build();
        start("policy: { rules: [ { name: pinned, match: {}, require: { pinned: true } } ] }");
        String tag = "sha256-" + good.digest().hex();
        mirror.registry.push("library/good", tag, index);

        mirror.status(HUB + "library/good/manifests/" + tag);

        assertThat(mirror.status(HUB + "library/good/manifests/" + evil.digest()))
                .isEqualTo(403);
        assertThat(mirror.status(HUB + "library/good/blobs/" + evil.layer(0).digest()))
                .isBetween(403, 404);
        assertThat(mirror.status(HUB + "library/good/manifests/" + tag + ".sig"))
                .isBetween(403, 404);
    }

    @Test
    void aSignatureIsGivenWhereItsImageMayBePulled() throws Exception {
        TestImage signature = TestImage.referrer(
                good.descriptor(),
                "application/vnd.dev.cosign.artifact.sig.v1+json",
                new Blob(
                        new io.entrepot.oci.Descriptor(
                                io.entrepot.oci.MediaType.parse("application/vnd.dev.cosign.simplesigning.v1+json"),
                                Blob.seeded(9, 300).digest(),
                                300),
                        Blob.seeded(9, 300).content()));
        start(
                "policy: { rules: [ { name: versions, match: { repositories: [\"docker.io/library/good\"], tags: [\"1\"] },"
                        + " allow: true } ] }");
        mirror.registry.push("library/good", signature);
        mirror.registry.push("acme/app", signature);

        assertThat(mirror.status(HUB + "library/good/manifests/" + signature.digest()))
                .isEqualTo(200);
        assertThat(mirror.status(
                        HUB + "library/good/blobs/" + Blob.seeded(9, 300).digest()))
                .isEqualTo(200);
        assertThat(mirror.status(HUB + "acme/app/manifests/" + signature.digest()))
                .isEqualTo(403);
    }

    @Test
    void aDeniedDigestIsRefusedAsManifestAsBlobAndAsAPart() throws Exception {
        Path list = dir.resolve("denied.txt");
        java.nio.file.Files.writeString(list, "# CVE\n" + evil.layer(0).digest() + "\n");
        start("policy: { default: allow, deny-digests: [\"" + list + "\"] }");

        assertThat(mirror.status(HUB + "library/evil/manifests/1")).isEqualTo(403);
        assertThat(mirror.status(HUB + "library/evil/manifests/" + evil.digest()))
                .isEqualTo(403);
        assertThat(mirror.status(HUB + "library/evil/blobs/" + evil.layer(0).digest()))
                .isEqualTo(403);
        assertThat(mirror.status(HUB + "library/good/blobs/" + evil.layer(0).digest()))
                .isEqualTo(403);
        assertThat(mirror.status(HUB + "library/good/manifests/1")).isEqualTo(200);
    }

    @Test
    void aTagThatMovesBetweenTwoRequestsIsJudgedByWhatIsServed() throws Exception {
        TestImage large = ImageBuilder.image().seed(4).layer(2_000_000).build();
        start("policy: { rules: [ { name: small, match: {}, require: { max-size: 1MiB } } ] }");
        assertThat(mirror.head(HUB + "library/good/manifests/1").status()).isEqualTo(200);

        mirror.registry.push("library/good", "1", large);
        Response moved = mirror.get(HUB + "library/good/manifests/1");
        mirror.registry.push("library/good", "1", good);
        Response back = mirror.get(HUB + "library/good/manifests/1");

        assertThat(moved.status()).isEqualTo(403);
        assertThat(back.status()).isEqualTo(200);
        assertThat(back.digest()).isEqualTo(good.digest());
    }

    @Test
    void aTightenedPolicyHoldsForWhatIsHeldAtOnceAlsoAfterARestart() throws Exception {
        start("");
        List<String> everything = List.of(
                HUB + "library/good/manifests/1",
                HUB + "library/good/manifests/" + good.digest(),
                HUB + "library/good/blobs/" + good.layer(0).digest(),
                HUB + "library/good/blobs/" + good.config().digest());
        everything.forEach(path -> assertThat(mirror.status(path)).isEqualTo(200));
        String closed =
                "policy: { rules: [ { name: ours, match: { repositories: [\"docker.io/acme/**\"] }, allow: true } ] }";

        mirror.policy(closed);
        everything.forEach(path -> assertThat(mirror.status(path)).as(path).isEqualTo(403));
        assertThat(mirror.status(HUB + "library/good/tags/list")).isEqualTo(403);

        mirror.restart(closed);
        everything.forEach(path -> assertThat(mirror.status(path)).as(path).isEqualTo(403));

        mirror.policy("");
        everything.forEach(path -> assertThat(mirror.status(path)).as(path).isEqualTo(200));
    }

    @Test
    void aRuleThatWarnsServesAndSaysSo() throws Exception {
        start(
                "policy: { default: allow, rules: [ { name: trial, mode: warn, match: { tags: [\"1\"] }, deny: \"soon \\\"gone\\\"\" } ] }");

        Response got = mirror.get(HUB + "library/good/manifests/1");

        assertThat(got.status()).isEqualTo(200);
        assertThat(got.header("Warning")).startsWith("299 - \"").contains("soon \\\"gone\\\"", "trial");
        assertThat(mirror.status(HUB + "library/good/blobs/" + good.layer(0).digest()))
                .isEqualTo(200);
    }

    @Test
    void decisionsAreCountedByRuleAndVerdict() throws Exception {
        start("""
                policy:
                  default: allow
                  rules:
                    - { name: trial, mode: warn, match: { tags: ["1"] }, deny: soon }
                    - { name: "no", match: { repositories: ["docker.io/library/evil"] }, deny: never }
                """);

        mirror.get(HUB + "library/good/manifests/1");
        mirror.get(HUB + "library/evil/manifests/latest");
        mirror.get(HUB + "library/evil/manifests/latest");

        assertThat(mirror.metrics())
                .contains(
                        "entrepot_policy_decisions_total{rule=\"trial\",verdict=\"warn\",} 1.0",
                        "entrepot_policy_decisions_total{rule=\"default\",verdict=\"allow\",} 1.0",
                        "entrepot_policy_decisions_total{rule=\"no\",verdict=\"deny\",} 2.0");
    }

    @Test
    void namesThatAreAlikeInTwoRegistriesAreTwoRepositories() throws Exception {
        start("policy: { rules: [ { name: quay, match: { registries: [quay.io] }, allow: true } ] }");

        assertThat(mirror.status("/v2/quay.io/library/good/manifests/1")).isEqualTo(200);
        assertThat(mirror.status("/v2/docker.io/library/good/manifests/1")).isEqualTo(403);
        assertThat(mirror.status(
                        "/v2/docker.io/library/good/blobs/" + good.layer(0).digest()))
                .isEqualTo(403);
    }

    @Test
    void aReaderOfAnImageThatIsRefusedNowGoesOnForTheGraceThatIsConfigured() throws Exception {
        String closed =
                "policy: { in-use-grace: %s, rules: [ { name: amd64, match: {}, require: { platforms: [windows/amd64] } } ] }";
        start("policy: { in-use-grace: 1h, default: allow }");
        String layer = HUB + "library/good/blobs/" + good.layer(0).digest();
        assertThat(mirror.get(HUB + "library/good/manifests/1").status()).isEqualTo(200);
        assertThat(mirror.get(layer, "Range: bytes=0-9").status()).isEqualTo(206);

        mirror.policy(closed.formatted("1h"));
        assertThat(mirror.get(layer, "Range: bytes=10-19").status()).isEqualTo(206);
        assertThat(mirror.get(HUB + "library/good/blobs/" + good.config().digest())
                        .status())
                .isEqualTo(403);
        assertThat(mirror.status(HUB + "library/good/manifests/1")).isEqualTo(403);

        mirror.policy(closed.formatted("0s"));
        assertThat(mirror.get(layer, "Range: bytes=10-19").status()).isEqualTo(403);
    }

    @Test
    void aDeniedImageIsNotInUseAnyMore() throws Exception {
        start("policy: { in-use-grace: 1h, default: allow }");
        String layer = HUB + "library/evil/blobs/" + evil.layer(0).digest();
        assertThat(mirror.get(HUB + "library/evil/manifests/1").status()).isEqualTo(200);
        assertThat(mirror.get(layer, "Range: bytes=0-9").status()).isEqualTo(206);
        Path list = mirror.file("denied.txt", evil.digest() + "\n");

        mirror.policy("policy: { in-use-grace: 1h, default: allow, deny-digests: [\"" + list + "\"] }");

        assertThat(mirror.get(HUB + "library/evil/manifests/1").status()).isEqualTo(403);
        assertThat(mirror.get(layer, "Range: bytes=10-19").status()).isEqualTo(403);
    }

    @Test
    void whatCannotBeDecidedNowIsNeitherAllowedNorDenied() throws Exception {
        start("policy: { rules: [ { name: amd64, match: {}, require: { platforms: [linux/amd64] } } ] }");
        mirror.registry.delete("library/good", good.config().digest());

        int status = mirror.get(HUB + "library/good/manifests/1").status();

        assertThat(status).isIn(403, 404, 502, 503);
    }
}
