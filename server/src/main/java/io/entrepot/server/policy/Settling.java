package io.entrepot.server.policy;

import io.entrepot.config.PinConfig.FirstSeen;
import io.entrepot.config.Requirements;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.server.content.TagRule;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How a tag is to be resolved so that the strictest of the rules that may decide can be met. */
final class Settling {

    private boolean keepFirst;
    private boolean noReturn;
    private Duration minAge = Duration.ZERO;
    private Instant oldUntil = Instant.MAX;
    private @Nullable Set<Digest> oldEnough;

    private Settling() {}

    static TagRule of(List<CompiledRule> possible, Optional<FirstSeen> firstSeen, Tag tag, Moment now) {
        Settling settling = new Settling();
        for (CompiledRule rule : possible) {
            if (!rule.warns()) {
                settling.add(rule, now);
            }
        }
        return SignatureArtifact.isNamed(tag) ? settling.ofSignature() : settling.rule(firstSeen);
    }

    private void add(CompiledRule rule, Moment now) {
        Requirements asks = rule.requirements();
        keepFirst |= asks.immutableTag();
        noReturn |= asks.noRollback();
        if (!asks.minAge().isZero()) {
            minAge = asks.minAge().compareTo(minAge) > 0 ? asks.minAge() : minAge;
            oldUntil = rule.oldUntil().isBefore(oldUntil) ? rule.oldUntil() : oldUntil;
            Set<Digest> exempt = rule.exempt(now);
            Set<Digest> before = oldEnough;
            oldEnough = before == null ? exempt : both(before, exempt);
        }
    }

    private static Set<Digest> both(Set<Digest> one, Set<Digest> other) {
        Set<Digest> both = new HashSet<>(one);
        both.retainAll(other);
        return both;
    }

    private TagRule rule(Optional<FirstSeen> firstSeen) {
        if (firstSeen.isEmpty() && !keepFirst && !noReturn && minAge.isZero()) {
            return TagRule.FREE;
        }
        Set<Digest> old = oldEnough;
        return new TagRule.Settled(
                firstSeen.isPresent(),
                firstSeen.filter(pins -> !pins.confirm()).isPresent(),
                keepFirst,
                noReturn,
                minAge,
                minAge.isZero() ? Instant.MIN : oldUntil,
                old == null ? Set.of() : old);
    }

    /** Signatures under a tag grow with each one that signs: the newest is meant, however young it is. */
    private TagRule ofSignature() {
        return noReturn
                ? new TagRule.Settled(false, false, false, true, Duration.ZERO, Instant.MIN, Set.of())
                : TagRule.FREE;
    }
}
