package io.entrepot.server.policy;

import io.entrepot.config.AskerMatch;
import io.entrepot.config.Network;
import io.entrepot.config.PinConfig;
import io.entrepot.config.PolicyConfig;
import io.entrepot.config.PolicyMatch;
import io.entrepot.config.PolicyMatch.SizeRange;
import io.entrepot.config.PolicyMatch.TagMatcher;
import io.entrepot.config.PolicyRule;
import io.entrepot.config.PolicyRule.Effect;
import io.entrepot.config.PolicyRule.Exemption;
import io.entrepot.config.PolicyRule.Mode;
import io.entrepot.config.PolicyRule.Words;
import io.entrepot.config.Requirements;
import io.entrepot.oci.Glob;
import io.entrepot.oci.Platform;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.VersionRange;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** Policies and questions from few words, so that rules meet what is asked. */
final class RandomPolicies {

    private static final List<String> REPOSITORIES =
            List.of("**", "ghcr.io/**", "ghcr.io/a/*", "ghcr.io/a/b", "ghcr.io/a/b/c", "*/a/b", "quay.io/a/b", "**/b");
    private static final List<String> TAGS = List.of("*", "1", "latest", "1.*", "l*");
    private static final List<String> IMAGES = List.of(
            "ghcr.io/a/b:1",
            "ghcr.io/a/b:latest",
            "ghcr.io/a/b/c:1.2",
            "quay.io/a/b:1",
            "ghcr.io/a/b@a",
            "ghcr.io/a/b@b",
            "quay.io/a/b@a",
            "ghcr.io/a/b/c@a");
    private static final List<String> WHO = List.of(
            "anybody",
            "operator",
            "user=alice",
            "user=bob group=ops",
            "group=ops ip=10.1.1.1",
            "user=alice group=ops group=dev",
            "ns=prod sa=web",
            "ip=10.2.2.2");
    private static final List<String> CONTENT = List.of(
            "-",
            "digest=b",
            "size=5000",
            "on=linux/arm64",
            "on=none",
            "urls",
            "docker",
            "index on=linux/amd64,linux/arm64",
            "under=1,80h",
            "under=1 under=latest,80h,pinned",
            "under=1.2,1h,first under=latest",
            "under=latest,pinned size=5000",
            "subject layers=application/vnd.dsse.envelope.v1+json",
            "under=1,80h,first,pinned");

    /** Any tag may turn out to be pinned. */
    private static final PinConfig PINS = new PinConfig(
            Optional.empty(), List.of(new PinConfig.FirstSeen(PolicyMatch.ANY, AskerMatch.ANYBODY, false)));

    private final Random random;

    private RandomPolicies(long seed) {
        this.random = new Random(seed);
    }

    /** A policy, a question, and what it leads to. */
    record Case(PolicyConfig policy, Asked asked, Subject subject) {}

    static Arbitrary<Case> cases() {
        return Arbitraries.longs().map(seed -> new RandomPolicies(seed).next());
    }

    private Case next() {
        List<PolicyRule> rules = new ArrayList<>();
        for (int i = random.nextInt(7); i > 0; i--) {
            rules.add(rule("rule-" + i, effect()));
        }
        Asked asked = Made.asked(one(IMAGES), one(WHO));
        return new Case(
                new PolicyConfig(random.nextBoolean(), rules, List.of(), PINS, Duration.ZERO),
                asked,
                Made.subject(asked.reference(), content(asked)));
    }

    /** By tag there is one standing at most, under that tag. */
    private String content(Asked asked) {
        String words = one(CONTENT);
        return asked.reference() instanceof Tag tag
                ? words.replaceFirst("under=[a-z0-9.]+", "UNDER=" + tag)
                        .replaceAll(" under=[^ ]*", "")
                        .replace("UNDER", "under")
                : words.contains("digest=") ? "-" : words;
    }

    private PolicyRule rule(String name, Effect effect) {
        List<Exemption> exemptions = effect instanceof Effect.Allow || random.nextInt(5) > 0
                ? List.of()
                : List.of(new Exemption(Made.digest("a"), "INC-1", Instant.MAX));
        Mode mode = random.nextInt(4) > 0 ? Mode.ENFORCE : one(List.of(Mode.WARN, Mode.OFF));
        return new PolicyRule(name, "here", mode, match(), effect, exemptions);
    }

    private Effect effect() {
        return switch (random.nextInt(3)) {
            case 0 -> new Effect.Allow();
            case 1 -> new Effect.Deny(Words.NONE);
            default -> new Effect.Require(requirements(), Words.NONE);
        };
    }

    private Requirements requirements() {
        return new Requirements(
                rarely(),
                rarely(),
                rarely(),
                rarely(),
                rarely() ? Duration.ofHours(72) : Duration.ZERO,
                Duration.ZERO,
                rarely() ? List.of(Platform.parse("linux/amd64")) : List.of(),
                rarely() ? OptionalLong.of(2_000) : OptionalLong.empty(),
                rarely() ? List.of(new Glob("application/vnd.oci.*")) : List.of(),
                rarely());
    }

    private PolicyMatch match() {
        return new PolicyMatch(
                rarely() ? List.of(new Glob("ghcr.io")) : List.of(),
                rarely() ? List.of() : List.of(new Glob(one(REPOSITORIES))),
                tags(),
                rarely() ? List.of(Made.digest("a")) : List.of(),
                rarely() ? List.of(new Glob("application/vnd.oci.*")) : List.of(),
                List.of(),
                rarely() ? List.of(Platform.parse("linux/amd64")) : List.of(),
                rarely() ? Optional.of(new SizeRange(0, 2_000)) : Optional.empty(),
                asker());
    }

    private List<TagMatcher> tags() {
        if (random.nextInt(3) > 0) {
            return List.of();
        }
        return random.nextInt(4) == 0
                ? List.of(new TagMatcher.InRange(VersionRange.parse(">=1 <2")))
                : List.of(new TagMatcher.Named(new Glob(one(TAGS))), new TagMatcher.Named(new Glob(one(TAGS))));
    }

    private AskerMatch asker() {
        if (random.nextInt(3) > 0) {
            return AskerMatch.ANYBODY;
        }
        return new AskerMatch(
                rarely() ? List.of(new Glob("alice")) : List.of(),
                rarely() ? List.of(new Glob("ops"), new Glob(one(List.of("dev", "d*")))) : List.of(),
                rarely() ? List.of(Network.parse("10.0.0.0/8")) : List.of(),
                rarely() ? List.of(new Glob("prod")) : List.of(),
                rarely() ? List.of(new Glob("prod/*")) : List.of());
    }

    private boolean rarely() {
        return random.nextInt(6) == 0;
    }

    private <T> T one(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }
}
