package io.entrepot.server.policy;

import io.entrepot.config.PinConfig.FirstSeen;
import io.entrepot.config.PolicyRule.Effect;
import io.entrepot.config.Requirements;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.server.content.TagRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the names of one question say, in one repository, at one moment. */
final class ByNames {

    private final RepositoryRules rules;
    private final boolean allowByDefault;
    private final Asked asked;
    private final Facts facts;
    private final Optional<Pin> pin;
    private final Optional<FirstSeen> firstSeen;
    private final Moment now;

    ByNames(
            RepositoryRules rules,
            boolean allowByDefault,
            Asked asked,
            Facts facts,
            Optional<Pin> pin,
            Optional<FirstSeen> firstSeen,
            Moment now) {
        this.rules = rules;
        this.allowByDefault = allowByDefault;
        this.asked = asked;
        this.facts = facts;
        this.pin = pin;
        this.firstSeen = firstSeen;
        this.now = now;
    }

    Verdict verdict() {
        // A digest is not resolved: how strict all the rules are that may decide is not asked.
        Outlook outlook = Outlook.of(
                rules.near(facts), facts, rule -> asked.reference() instanceof Reference.ByDigest && mayAllow(rule));
        if (!mayAllow(outlook)) {
            return mayBeSignature(outlook) ? goOn(outlook) : refusal(outlook);
        }
        return outlook.open().isEmpty() ? allowed(outlook) : goOn(outlook);
    }

    private boolean mayAllow(Outlook outlook) {
        for (CompiledRule rule : outlook.open()) {
            if (mayAllow(rule)) {
                return true;
            }
        }
        return outlook.certain().map(this::mayAllow).orElse(allowByDefault);
    }

    private boolean mayAllow(CompiledRule rule) {
        return rule.allows()
                || isExempt(rule)
                || (rule.rule().effect() instanceof Effect.Require
                        && (rule.warns() || unmet(rule).isNothing()));
    }

    /** Whether it is, or may yet turn out to be, exempt. */
    private boolean isExempt(CompiledRule rule) {
        return asked.reference() instanceof Reference.ByDigest by
                ? rule.exemption(by.digest(), now).isPresent()
                : !rule.exempt(now).isEmpty();
    }

    /** What is missing for certain, whatever the tag means. */
    private Unmet unmet(CompiledRule rule) {
        Requirements asks = rule.requirements();
        boolean unpinned = asked.reference() instanceof Tag && pin.isEmpty() && firstSeen.isEmpty();
        if (unpinned && asks.digest()) {
            return new Unmet(List.of(Wording.digestIsNeeded(asked.reference())), false);
        }
        return unpinned && asks.pinned()
                ? new Unmet(List.of("tag " + asked.reference() + " has no pin"), false)
                : Unmet.NOTHING;
    }

    /** What signs an image passes where the image may, and only its content shows that it does; a listed digest is meant. */
    private boolean mayBeSignature(Outlook outlook) {
        boolean listed = outlook.certain().filter(this::deniesDigest).isPresent();
        return SignatureArtifact.mayBe(asked.reference())
                && !listed
                && rules.needs().content()
                && new Anywhere(rules, allowByDefault, asked.repository(), asked.asker(), now).isPossible();
    }

    private boolean deniesDigest(CompiledRule rule) {
        return rule.denies() && rule.speaksOfDigests();
    }

    private Verdict allowed(Outlook outlook) {
        List<Grounds.Warning> warnings = new ArrayList<>(0);
        outlook.warned().forEach(rule -> warnings.add(rule.warning(Wording.refused(rule, asked))));
        outlook.certain().ifPresent(rule -> warn(rule, warnings));
        return new Verdict.Allow(tagRule(outlook), Grounds.of(outlook.certain(), warnings));
    }

    /** What a rule on trial misses already, whatever the content; one that content may be exempt from, misses nothing yet. */
    private void warn(CompiledRule rule, List<Grounds.Warning> warnings) {
        Unmet unmet = rule.warns() && !isExempt(rule) ? unmet(rule) : Unmet.NOTHING;
        if (!unmet.isNothing()) {
            warnings.add(rule.warning(Wording.unmet(rule, asked, unmet)));
        }
    }

    /** Only the content decides; these grounds are not the last. */
    private Verdict goOn(Outlook outlook) {
        return new Verdict.Allow(tagRule(outlook), Grounds.NONE);
    }

    private TagRule tagRule(Outlook outlook) {
        if (!(asked.reference() instanceof Tag tag)) {
            return TagRule.FREE;
        }
        return pin.<TagRule>map(each -> new TagRule.Pinned(each.digest()))
                .orElseGet(() -> Settling.of(outlook.possible().toList(), firstSeen, tag, now));
    }

    private Verdict refusal(Outlook outlook) {
        String rule = outlook.certain().map(CompiledRule::name).orElse("");
        String message = outlook.certain().map(this::words).orElseGet(() -> Wording.byDefault(asked));
        return new Verdict.Deny(rule, message, identityMayHelp(outlook), false);
    }

    private String words(CompiledRule rule) {
        Unmet unmet = unmet(rule);
        return unmet.isNothing() ? Wording.refused(rule, asked) : Wording.unmet(rule, asked, unmet);
    }

    private boolean identityMayHelp(Outlook outlook) {
        return rules.identityMayHelp(facts, outlook.certain());
    }
}
