package io.entrepot.server.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Repository;
import io.entrepot.server.content.TagRule;
import io.entrepot.server.policy.PullPolicy.Basis;
import io.entrepot.server.policy.Trace.Outcome;
import io.entrepot.server.policy.Trace.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a policy says beside the verdicts of the decision table. */
class PullPolicyTest {

    private static final Repository ALPINE = Made.asked("alpine:1", "anybody").repository();

    @Test
    void looksAtNothingWithoutRules() {
        assertThat(PullPolicy.OPEN.needs(ALPINE)).isEqualTo(Needs.NOTHING);
        assertThat(PullPolicy.OPEN.onNames(Made.asked("alpine:1", "anybody"), Made.NOW))
                .isEqualTo(Verdict.ALLOW);
        assertThat(PullPolicy.OPEN.inUseGrace()).isZero();
    }

    @Test
    void looksAtContentOnlyWhereARuleThatIsReachedDoes() {
        PullPolicy policy = Made.policy("""
                rules:
                  - { name: names, match: { repositories: ["docker.io/**"], users: [alice] }, allow: true }
                  - { name: all, match: { registries: [docker.io] }, allow: true }
                  - { name: tags, match: { repositories: ["*/a/b"], tags: [latest] }, deny: "" }
                  - { name: platforms, match: { registries: [ghcr.io] }, require: { platforms: [linux/amd64] } }
                  - { name: exempt, match: { registries: [gcr.io] }, deny: "",
                      exempt: [ { digest: "#a", reason: x, until: 2027-01-01 } ] }
                """);

        assertThat(needs(policy, "docker.io/a/b:1")).isEqualTo(Needs.NOTHING);
        assertThat(needs(policy, "quay.io/a/b:1")).isEqualTo(new Needs(true, true, false));
        assertThat(needs(policy, "ghcr.io/a/c:1")).isEqualTo(new Needs(true, true, true));
        assertThat(needs(policy, "gcr.io/a/c:1")).isEqualTo(new Needs(true, true, false));
        assertThat(needs(policy, "quay.io/a/c:1")).isEqualTo(Needs.NOTHING);
    }

    @Test
    void looksAtEveryManifestWhereDigestsAreDenied() {
        PullPolicy policy = denying("default: allow", "a");

        assertThat(policy.needs(ALPINE)).isEqualTo(new Needs(true, false, false));
    }

    @Test
    void refusesADeniedDigestWhateverTheRulesSay() {
        PullPolicy policy = denying("""
                rules:
                  - { name: all, mode: warn, match: { registries: [docker.io] }, require: { max-size: 1 },
                      exempt: [ { digest: "#a", reason: INC-1, until: 2027-01-01 } ] }
                """, "a");
        Asked asked = Made.asked("alpine@a", "operator");

        assertThat(policy.onNames(asked, Made.NOW)).isInstanceOf(Verdict.Deny.class);
        assertDenied(policy.onContent(Made.asked("alpine:1", "operator"), subject("digest=a"), Made.NOW), "a");
        assertThat(policy.onContent(Made.asked("alpine:1", "operator"), subject("digest=b"), Made.NOW))
                .isInstanceOf(Verdict.Allow.class);
    }

    @Test
    void refusesAnImageForALayerThatIsDeniedAndAnIndexOnlyForItself() {
        PullPolicy policy = denying("default: allow", "c", "f");
        Asked asked = Made.asked("alpine:1", "anybody");

        assertDenied(policy.onContent(asked, subject("layer=f"), Made.NOW), "f");
        assertThat(policy.onContent(asked, subject("layer=b"), Made.NOW)).isInstanceOf(Verdict.Allow.class);
        // its one child is the digest c
        assertThat(policy.onContent(asked, subject("index"), Made.NOW)).isInstanceOf(Verdict.Allow.class);
    }

    @Test
    void refusesADeniedSignatureToo() {
        PullPolicy policy = denying("rules: [ { name: a, match: { tags: ['1'] }, allow: true } ]", "a");
        Subject signature = subject("subject layers=application/vnd.dsse.envelope.v1+json");

        assertDenied(policy.onContent(Made.asked("alpine:2", "anybody"), signature, Made.NOW), "a");
    }

    @Test
    void refusesADeniedBlobAndElseSaysWhetherAnythingIsAllowed() {
        PullPolicy policy = denying("rules: [ { name: hub, match: { registries: [docker.io] }, allow: true } ]", "a");
        Asker anybody = Made.asker("anybody");
        Repository quay = Made.asked("quay.io/a/b:1", "anybody").repository();

        assertDenied(policy.onBlob(ALPINE, Made.digest("a"), anybody, Made.NOW), "a");
        assertThat(policy.onBlob(ALPINE, Made.digest("b"), anybody, Made.NOW)).isInstanceOf(Verdict.Allow.class);
        assertThat(policy.onBlob(quay, Made.digest("b"), anybody, Made.NOW))
                .isEqualTo(
                        new Verdict.Deny("", "no rule allows anything of quay.io/a/b (default: deny)", false, false));
    }

    @Test
    void takesADigestOfARuleForThatOfAManifestNotOfABlob() {
        PullPolicy policy =
                Made.policy("rules: [ { name: a, match: { digests: ['#a'] }, deny: '' }, { name: b, allow: true } ]");

        assertThat(policy.onBlob(ALPINE, Made.digest("a"), Made.asker("anybody"), Made.NOW))
                .isInstanceOf(Verdict.Allow.class);
    }

    @Test
    void saysThatNothingIsAllowedOnlyWhereNothingCanBe() {
        PullPolicy policy = Made.policy("""
                rules:
                  - { name: tags, match: { repositories: [ghcr.io/a/tags], tags: ["1.*"] }, allow: true }
                  - { name: closed, match: { repositories: [ghcr.io/a/closed] }, deny: "closed for all" }
                  - { name: exempt, match: { repositories: [ghcr.io/a/exempt] }, deny: "",
                      exempt: [ { digest: "#a", reason: x, until: 2027-01-01 } ] }
                  - { name: alice, match: { repositories: [ghcr.io/a/alice], users: [alice] }, require: { digest: true } }
                  - { name: warned, mode: warn, match: { repositories: [ghcr.io/a/warned] }, deny: "soon" }
                """);

        assertThat(anything(policy, "ghcr.io/a/tags:1", "anybody")).isInstanceOf(Verdict.Allow.class);
        assertThat(anything(policy, "ghcr.io/a/closed:1", "operator"))
                .isEqualTo(new Verdict.Deny("closed", "closed for all (rule closed)", false, false));
        assertThat(anything(policy, "ghcr.io/a/exempt:1", "anybody")).isInstanceOf(Verdict.Allow.class);
        assertThat(anything(policy, "ghcr.io/a/alice:1", "user=alice")).isInstanceOf(Verdict.Allow.class);
        assertThat(anything(policy, "ghcr.io/a/alice:1", "operator")).isInstanceOf(Verdict.Allow.class);
        assertThat(anything(policy, "ghcr.io/a/alice:1", "user=bob")).isInstanceOf(Verdict.Deny.class);
        assertThat(((Verdict.Deny) anything(policy, "ghcr.io/a/alice:1", "anybody")).identityMayHelp())
                .isTrue();
        assertThat(anything(policy, "ghcr.io/a/warned:1", "anybody")).isInstanceOf(Verdict.Deny.class);
    }

    @Test
    void resolvesATagByTheStrictestOfAllRulesThatMayDecide() {
        PullPolicy policy = Made.policy("""
                rules:
                  - { name: small, match: { size: { at-most: 1GiB } }, require: { min-age: 24h, no-rollback: true } }
                  - { name: tried, mode: warn, match: { size: { at-most: 2GiB } }, require: { min-age: 720h } }
                  - { name: rest, match: { registries: [docker.io] }, require: { min-age: 72h, immutable-tag: true } }
                  - { name: unreached, require: { min-age: 100h } }
                """);

        assertThat(tagRule(policy, "alpine:1"))
                .isEqualTo(new TagRule.Settled(false, false, true, true, Duration.ofHours(72), Instant.MIN, Set.of()));
        assertThat(tagRule(policy, "quay.io/a/b:1"))
                .isEqualTo(
                        new TagRule.Settled(false, false, false, true, Duration.ofHours(100), Instant.MIN, Set.of()));
        assertThat(tagRule(policy, "alpine@a")).isEqualTo(TagRule.FREE);
    }

    @Test
    void resolvesATagFreelyWhereNoRuleAsks() {
        assertThat(tagRule(Made.policy("rules: [ { name: a, require: { max-size: 1GiB } } ]"), "alpine:1"))
                .isEqualTo(TagRule.FREE);
    }

    @Test
    void countsAsOldWhatEveryRuleThatAsksForAgeExempts() {
        PullPolicy policy = Made.policy("""
                rules:
                  - { name: small, match: { size: { at-most: 1GiB } }, require: { min-age: 24h },
                      exempt: [ { digest: "#a", reason: x, until: 2027-01-01 }, { digest: "#b", reason: x, until: 2027-01-01 } ] }
                  - { name: rest, require: { min-age: 72h },
                      exempt: [ { digest: "#b", reason: x, until: 2027-01-01 }, { digest: "#c", reason: x, until: 2020-01-01 } ] }
                """);

        assertThat(((TagRule.Settled) tagRule(policy, "alpine:1")).oldEnough()).containsExactly(Made.digest("b"));
    }

    @Test
    void countsAsOldWhatWasSeenInTheFirstHoursOfARule() {
        Instant appeared = Made.NOON.minus(Duration.ofHours(30));
        PullPolicy policy = PullPolicy.of(
                Made.config("rules: [ { name: age, require: { min-age: 72h, baseline: 24h } } ]"),
                new Basis(PinBook.EMPTY, Set.of(), Map.of("age", appeared)));
        Asked asked = Made.asked("alpine:1", "anybody");

        assertThat(((TagRule.Settled) tagRule(policy, "alpine:1")).oldUntil())
                .isEqualTo(appeared.plus(Duration.ofHours(24)));
        assertThat(policy.onContent(asked, subject("under=1,7h"), Made.NOW)).isInstanceOf(Verdict.Allow.class);
        assertThat(policy.onContent(asked, subject("under=1,6h"), Made.NOW)).isInstanceOf(Verdict.Deny.class);
        assertThat(policy.onContent(asked, subject("under=1,5h"), Made.NOW)).isInstanceOf(Verdict.Deny.class);
    }

    @Test
    void countsNothingAsOldIfItIsNotKnownWhenTheRuleAppeared() {
        PullPolicy policy = Made.policy("rules: [ { name: age, require: { min-age: 72h, baseline: 24h } } ]");

        assertThat(((TagRule.Settled) tagRule(policy, "alpine:1")).oldUntil()).isEqualTo(Instant.MIN);
    }

    @Test
    void resolvesATagToItsPinWhateverElseIsAsked() {
        Pin pin = new Pin(Made.digest("b"), "alice", "reviewed");
        PullPolicy policy = PullPolicy.of(
                Made.config("rules: [ { name: all, require: { digest: true, pinned: true, min-age: 72h } } ]"),
                new Basis(new PinBook(Map.of(ALPINE, Map.of(new Tag("1"), pin))), Set.of(), Map.of()));

        assertThat(tagRule(policy, "alpine:1")).isEqualTo(new TagRule.Pinned(Made.digest("b")));
        assertThat(policy.onNames(Made.asked("alpine:2", "anybody"), Made.NOW)).isInstanceOf(Verdict.Deny.class);
        assertThat(policy.pins().find(ALPINE, new Tag("1"))).contains(pin);
    }

    @Test
    void keepsWhatWasPulledFirstWhereThatIsAsked() {
        PullPolicy policy = Made.policy("""
                default: allow
                pins:
                  first-seen:
                    - { match: { repositories: ["docker.io/library/*"], tags: ["1"] }, pin-by: { groups: [ops] }, confirm: true }
                    - { match: { registries: [docker.io], versions: [">=1"] }, pin-by: { networks: [10.0.0.0/8] } }
                """);

        assertThat(tagRule(policy, "alpine:1"))
                .isEqualTo(new TagRule.Settled(true, false, false, false, Duration.ZERO, Instant.MIN, Set.of()));
        assertThat(tagRule(policy, "alpine:2"))
                .isEqualTo(new TagRule.Settled(true, true, false, false, Duration.ZERO, Instant.MIN, Set.of()));
        assertThat(tagRule(policy, "alpine:latest")).isEqualTo(TagRule.FREE);
        assertThat(tagRule(policy, "quay.io/a/b:1")).isEqualTo(TagRule.FREE);

        var first = policy.firstSeen(ALPINE, new Tag("1")).orElseThrow();
        var second = policy.firstSeen(ALPINE, new Tag("2")).orElseThrow();
        assertThat(policy.mayPin(first, Made.asker("user=a group=ops"))).isTrue();
        assertThat(policy.mayPin(first, Made.asker("user=a"))).isFalse();
        assertThat(policy.mayPin(first, Made.asker("operator"))).isTrue();
        assertThat(policy.mayPin(second, Made.asker("ip=10.1.1.1"))).isTrue();
        assertThat(policy.mayPin(second, Made.asker("anybody"))).isFalse();
    }

    /** Whoever signs rewrites that tag: waiting for an old one would hide the newest signature. */
    @Test
    void doesNotWaitForSignaturesToAge() {
        PullPolicy policy = Made.policy("rules: [ { name: a, require: { min-age: 72h, immutable-tag: true } } ]");
        PullPolicy noReturn = Made.policy("rules: [ { name: a, require: { min-age: 72h, no-rollback: true } } ]");
        String signature = "alpine:sha256-" + "a".repeat(64) + ".sig";

        assertThat(tagRule(policy, signature)).isEqualTo(TagRule.FREE);
        assertThat(tagRule(noReturn, signature))
                .isEqualTo(new TagRule.Settled(false, false, false, true, Duration.ZERO, Instant.MIN, Set.of()));
    }

    @Test
    void warnsByTheNamesAloneWhereThatIsAllThatIsLookedAt() {
        PullPolicy policy = Made.policy("""
                rules:
                  - { name: soon, mode: warn, match: { registries: [docker.io], users: [alice] }, deny: "not for long" }
                  - { name: all, allow: true }
                """);

        assertThat(policy.onNames(Made.asked("alpine:1", "user=alice"), Made.NOW))
                .isEqualTo(new Verdict.Allow(
                        TagRule.FREE,
                        new Grounds(
                                "all",
                                List.of(new Grounds.Warning("soon", "not for long (rule soon, mode warn)")),
                                "")));
    }

    /** With its content a digest may turn out to be exempt, or to be met by it; what no content changes is said at once. */
    @Test
    void warnsByTheNamesOfARequirementOnTrialThatATagDoesNotMeet() {
        PullPolicy policy = Made.policy("""
                rules:
                  - { name: soon, mode: warn, match: { registries: [docker.io] }, require: { digest: true }, message: "by digest" }
                  - { name: exempt, mode: warn, match: { registries: [ghcr.io] }, require: { digest: true }, exempt: [
                      { digest: "sha256:%s", reason: INC-1, until: 2099-01-01 } ] }
                """.formatted("a".repeat(64)));

        assertThat(policy.onNames(Made.asked("alpine:1", "anybody"), Made.NOW))
                .isEqualTo(new Verdict.Allow(
                        TagRule.FREE,
                        new Grounds(
                                "soon",
                                true,
                                List.of(new Grounds.Warning("soon", "by digest (rule soon, mode warn)")),
                                "")));
        assertThat(policy.onNames(Made.asked("alpine@a", "anybody"), Made.NOW))
                .isEqualTo(new Verdict.Allow(TagRule.FREE, new Grounds("soon", true, List.of(), "")));
        assertThat(policy.onNames(Made.asked("ghcr.io/a/b:1", "anybody"), Made.NOW))
                .isEqualTo(new Verdict.Allow(TagRule.FREE, new Grounds("exempt", true, List.of(), "")));
    }

    @Test
    void saysOfEachRuleWhatBecameOfIt() {
        PullPolicy policy = Made.policy("""
                rules:
                  - { name: off, mode: off, deny: "" }
                  - { name: quay, match: { registries: [quay.io] }, deny: "" }
                  - { name: team, match: { repositories: ["ghcr.io/**"] }, deny: "" }
                  - { name: latest, match: { tags: [latest] }, deny: "" }
                  - { name: alice, match: { users: [alice] }, deny: "" }
                  - { name: prod, match: { namespaces: [prod] }, deny: "" }
                  - { name: soon, mode: warn, match: { registries: [docker.io] }, deny: "soon" }
                  - { name: arm, match: { platforms: [linux/arm64] }, deny: "" }
                  - { name: hub, match: { registries: [docker.io] }, require: { max-size: 10 } }
                  - { name: late, match: { tags: ["1"] }, deny: "" }
                """);
        Asked asked = Made.asked("alpine:1", "user=bob");

        assertThat(policy.explain(asked, Made.NOW).steps().stream().map(PullPolicyTest::told))
                .containsExactly(
                        "off OFF mode off",
                        "quay NO_MATCH registries",
                        "team NO_MATCH repositories",
                        "latest NO_MATCH tags or versions",
                        "alice NO_MATCH users",
                        "prod NO_MATCH namespaces",
                        "soon WARNS mode warn",
                        "arm OPEN platforms",
                        "hub DECIDES ",
                        "late NOT_REACHED ");
        Trace whole = policy.explain(asked, subject("size=11"), Made.NOW);
        assertThat(told(whole.steps().get(7))).isEqualTo("arm NO_MATCH platforms");
        assertThat(told(whole.steps().get(8)))
                .isEqualTo("hub DECIDES too large: 11 bytes, at most 10 are allowed (rule hub)");
        assertThat(whole.steps().get(8).where()).isEqualTo("policy:11");
        assertThat(whole.verdict()).isInstanceOf(Verdict.Deny.class);
    }

    @Test
    void explainsADigestByTheTagThatTells() {
        PullPolicy policy = Made.policy("rules: [ { name: one, match: { tags: ['1'] }, allow: true } ]");
        Asked asked = Made.asked("alpine@a", "anybody");

        Trace explained = policy.explain(asked, subject("under=2 under=1"), Made.NOW);
        assertThat(explained.steps().get(0).outcome()).isEqualTo(Outcome.DECIDES);
        assertThat(explained.verdict()).isInstanceOf(Verdict.Allow.class);
    }

    /** So that a warning in one place is not lost for a clean one in another. */
    @Test
    void prefersATagUnderWhichNothingIsMissing() {
        PullPolicy policy = Made.policy("""
                rules:
                  - { name: trial, mode: warn, match: { tags: [latest] }, require: { pinned: true } }
                  - { name: all, allow: true }
                """);
        Asked asked = Made.asked("alpine@a", "anybody");

        assertThat(policy.onContent(asked, subject("under=latest under=1"), Made.NOW))
                .isEqualTo(new Verdict.Allow(TagRule.FREE, new Grounds("all", List.of(), "")));
    }

    @Test
    void readsALongHostileTagInAMoment() {
        PullPolicy policy = Made.policy("""
                default: deny
                rules: [ { name: a, match: { tags: ["/(a*)*(a*)*b/", "*a*a*a*a*a*a*a*b"], versions: [">=1.0.0-a.a"] }, allow: true } ]
                """);

        assertThat(policy.onNames(Made.asked("alpine:" + "a".repeat(128), "anybody"), Made.NOW))
                .isInstanceOf(Verdict.Deny.class);
    }

    private static String told(Step step) {
        return step.rule() + " " + step.outcome() + " " + step.why();
    }

    private static TagRule tagRule(PullPolicy policy, String image) {
        return ((Verdict.Allow) policy.onNames(Made.asked(image, "anybody"), Made.NOW)).tagRule();
    }

    private static Needs needs(PullPolicy policy, String image) {
        return policy.needs(Made.asked(image, "anybody").repository());
    }

    private static Verdict anything(PullPolicy policy, String image, String who) {
        Asked asked = Made.asked(image, who);
        return policy.onAnything(asked.repository(), asked.asker(), Made.NOW);
    }

    private static Subject subject(String words) {
        return Made.subject(Made.asked("alpine@a", "anybody").reference(), words);
    }

    private static PullPolicy denying(String yaml, String... digests) {
        Set<Digest> denied = new HashSet<>();
        List.of(digests).forEach(each -> denied.add(Made.digest(each)));
        return PullPolicy.of(Made.config(yaml), new Basis(PinBook.EMPTY, denied, Map.of()));
    }

    private static void assertDenied(Verdict verdict, String digest) {
        assertThat(verdict).isInstanceOfSatisfying(Verdict.Deny.class, deny -> {
            assertThat(deny.rule()).isEmpty();
            assertThat(deny.message())
                    .isEqualTo("nobody gets " + Made.digest(digest)
                            + " (deny-digests; asked for in docker.io/library/alpine)");
        });
    }
}
