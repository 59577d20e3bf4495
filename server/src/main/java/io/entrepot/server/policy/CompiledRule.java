package io.entrepot.server.policy;

import io.entrepot.config.PolicyMatch;
import io.entrepot.config.PolicyRule;
import io.entrepot.config.PolicyRule.Effect;
import io.entrepot.config.PolicyRule.Exemption;
import io.entrepot.config.PolicyRule.Mode;
import io.entrepot.config.Requirements;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Repository;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A rule as it runs. */
final class CompiledRule {

    private final PolicyRule rule;
    private final int position;
    private final MeantAskers asker;
    private final Condition[] conditions;
    private final Map<Digest, Exemption> exemptions = new HashMap<>();
    private final Instant oldUntil;

    /**
     * Compiles a rule.
     *
     * @param position among all rules
     * @param appeared when it was first in force here, by trusted time; {@link Instant#MIN} if that is not known
     */
    CompiledRule(PolicyRule rule, int position, Instant appeared) {
        this.rule = rule;
        this.position = position;
        this.asker = new MeantAskers(rule.match().asker());
        this.conditions = ContentConditions.of(rule.match()).toArray(Condition[]::new);
        rule.exemptions().forEach(each -> exemptions.put(each.digest(), each));
        Requirements requirements = requirements();
        this.oldUntil = appeared.equals(Instant.MIN) || requirements.baseline().isZero()
                ? Instant.MIN
                : appeared.plus(requirements.baseline());
    }

    PolicyRule rule() {
        return rule;
    }

    String name() {
        return rule.name();
    }

    int position() {
        return position;
    }

    /** What was first seen before this is old enough for it. */
    Instant oldUntil() {
        return oldUntil;
    }

    boolean isOff() {
        return rule.mode() == Mode.OFF;
    }

    boolean warns() {
        return rule.mode() == Mode.WARN;
    }

    Grounds.Warning warning(String message) {
        return new Grounds.Warning(name(), message);
    }

    boolean allows() {
        return rule.effect() instanceof Effect.Allow;
    }

    boolean denies() {
        return rule.effect() instanceof Effect.Deny;
    }

    /** What it asks; of a rule that asks nothing, nothing. */
    Requirements requirements() {
        return rule.effect() instanceof Effect.Require require ? require.requirements() : Requirements.NONE;
    }

    PolicyRule.Words words() {
        if (rule.effect() instanceof Effect.Deny deny) {
            return deny.words();
        }
        return rule.effect() instanceof Effect.Require require ? require.words() : PolicyRule.Words.NONE;
    }

    /** Whether it speaks of anything in this repository. */
    Fit fit(Repository repository) {
        PolicyMatch match = rule.match();
        if (!match.registries().isEmpty()
                && !ContentConditions.isOneOf(
                        match.registries(), repository.registry().name())) {
            return Field.REGISTRIES.fits(false);
        }
        return Field.REPOSITORIES.fits(match.repositories().isEmpty()
                || ContentConditions.isOneOf(match.repositories(), repository.toString()));
    }

    /** Whether it speaks of this, in a repository that it speaks of. */
    Fit fit(Facts facts) {
        Fit meant = meant(facts.asker());
        return meant.isNo() ? meant : content(facts);
    }

    /** Whoever runs the mirror stands for anybody: for those who are let by, not for those who are refused. */
    private Fit meant(Asker who) {
        return who.operator() ? Field.USERS.fits(!denies() || asker.isAnybody()) : asker.fit(who);
    }

    private Fit content(Facts facts) {
        Fit all = Fit.YES;
        for (Condition condition : conditions) {
            Fit fit = condition.hold(facts);
            if (fit.isNo()) {
                return fit;
            }
            all = fit.isOpen() ? fit : all;
        }
        return all;
    }

    boolean needsIdentity() {
        return rule.match().asker().needsIdentity();
    }

    /** Whether it would let somebody by if only they were who it speaks of. */
    boolean waitsForIdentity(Facts facts) {
        return !denies() && asker.mayMean(facts.asker()) && !content(facts).isNo();
    }

    /** Whether it says of everything in a repository, whoever asks, what becomes of it: no rule behind it is reached. */
    boolean isLast() {
        return conditions.length == 0 && asker.isAnybody() && !(denies() && warns());
    }

    boolean looksAtContent() {
        return conditions.length > 0 || !exemptions.isEmpty() || !requirements().equals(Requirements.NONE);
    }

    boolean looksAtPlatforms() {
        return !rule.match().platforms().isEmpty()
                || !requirements().platforms().isEmpty();
    }

    boolean speaksOfDigests() {
        return !rule.match().digests().isEmpty();
    }

    /** Why this digest is let by all the same. */
    Optional<String> exemption(Digest digest, Moment now) {
        return exemptions.isEmpty()
                ? Optional.empty()
                : Optional.ofNullable(exemptions.get(digest))
                        .filter(each -> holds(each, now))
                        .map(Exemption::reason);
    }

    /** The digests that are let by all the same. */
    Set<Digest> exempt(Moment now) {
        return exemptions.values().stream()
                .filter(each -> holds(each, now))
                .map(Exemption::digest)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Two clocks: neither setting one back nor running long without the network prolongs it. */
    private static boolean holds(Exemption exemption, Moment now) {
        return exemption.until().isAfter(now.wall()) && exemption.until().isAfter(now.trusted());
    }
}
