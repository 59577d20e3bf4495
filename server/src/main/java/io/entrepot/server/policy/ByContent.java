package io.entrepot.server.policy;

import io.entrepot.config.PolicyRule.Effect;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.server.content.TagRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the content that was asked for says, in one repository, at one moment. */
final class ByContent {

    /** In place of an exemption: so that nothing is inherited from what passes as a signature. */
    private static final String AS_SIGNATURE = "signature artifact";

    private final RepositoryRules rules;
    private final boolean allowByDefault;
    private final DigestSet denied;
    private final Asked asked;
    private final Subject subject;
    private final Moment now;

    ByContent(
            RepositoryRules rules, boolean allowByDefault, DigestSet denied, Asked asked, Subject subject, Moment now) {
        this.rules = rules;
        this.allowByDefault = allowByDefault;
        this.denied = denied;
        this.asked = asked;
        this.subject = subject;
        this.now = now;
    }

    Verdict verdict() {
        Optional<Digest> listed = listed();
        if (listed.isPresent()) {
            return Verdict.Deny.listed(Wording.denied(asked.repository(), listed.get()));
        }
        Verdict byRules = byRules();
        return isClean(byRules) || !passesAsSignature()
                ? byRules
                : new Verdict.Allow(TagRule.FREE, new Grounds("", List.of(), AS_SIGNATURE));
    }

    /** An index is refused for itself alone: what it names is refused when it is asked for. */
    private Optional<Digest> listed() {
        Manifest manifest = subject.manifest();
        Optional<Digest> itself = denied.find(manifest);
        return itself.isEmpty() && manifest instanceof Manifest.Image
                ? manifest.children().stream()
                        .map(child -> child.digest())
                        .filter(denied::contains)
                        .findFirst()
                : itself;
    }

    private Verdict byRules() {
        return under(telling());
    }

    /** By digest it counts as each tag that it stands under, and one that lets it by is enough: the one that tells. */
    Optional<Standing> telling() {
        List<Optional<Standing>> all = standings();
        Optional<Standing> best = all.get(0);
        boolean allowed = false;
        for (Optional<Standing> standing : all.size() == 1 ? List.<Optional<Standing>>of() : all) {
            Verdict verdict = under(standing);
            if (isClean(verdict)) {
                return standing;
            }
            best = !allowed && verdict instanceof Verdict.Allow ? standing : best;
            allowed |= verdict instanceof Verdict.Allow;
        }
        return best;
    }

    private List<Optional<Standing>> standings() {
        if (!subject.standings().isEmpty()) {
            return subject.standings().stream().map(Optional::of).toList();
        }
        return asked.reference() instanceof Tag tag
                ? List.of(Optional.of(Standing.bare(tag)))
                : List.of(Optional.empty());
    }

    private static boolean isClean(Verdict verdict) {
        return verdict instanceof Verdict.Allow allow && allow.grounds().isClean();
    }

    Facts facts(Optional<Standing> standing) {
        return new Facts.Whole(
                asked.asker(), subject, standing.map(Standing::tag).map(TagName::new));
    }

    /** By the first rule that matches. */
    private Verdict under(Optional<Standing> standing) {
        Facts facts = facts(standing);
        List<Grounds.Warning> warnings = new ArrayList<>(0);
        for (CompiledRule rule : rules.near(facts)) {
            if (rule.fit(facts).isNo()) {
                continue;
            }
            Optional<Verdict> verdict = decide(rule, facts, standing, warnings);
            if (verdict.isPresent()) {
                return verdict.get();
            }
        }
        return allowByDefault
                ? new Verdict.Allow(TagRule.FREE, new Grounds("", warnings, ""))
                : new Verdict.Deny("", Wording.byDefault(asked), rules.identityMayHelp(facts, Optional.empty()), false);
    }

    /** Empty: it only warns, and the next one decides. */
    private Optional<Verdict> decide(
            CompiledRule rule, Facts facts, Optional<Standing> standing, List<Grounds.Warning> warnings) {
        if (rule.allows()) {
            return Optional.of(allow(rule, warnings, ""));
        }
        Unmet unmet = Checklist.check(rule, asked, subject, standing, now);
        if (rule.rule().effect() instanceof Effect.Require && unmet.isNothing()) {
            return Optional.of(allow(rule, warnings, ""));
        }
        Optional<String> exemption =
                rule.exemption(subject.manifest().descriptor().digest(), now);
        if (exemption.isPresent()) {
            // On trial a refusal is passed over, so what is exempt from it is not let by for that.
            return rule.denies() && rule.warns()
                    ? Optional.empty()
                    : Optional.of(allow(rule, warnings, exemption.get()));
        }
        if (rule.warns()) {
            warn(rule, unmet, warnings);
            return rule.denies() ? Optional.empty() : Optional.of(allow(rule, warnings, ""));
        }
        return Optional.of(deny(rule, facts, unmet));
    }

    private void warn(CompiledRule rule, Unmet unmet, List<Grounds.Warning> warnings) {
        if (rule.denies()) {
            warnings.add(rule.warning(Wording.refused(rule, asked)));
        }
        unmet.reasons()
                .forEach(reason ->
                        warnings.add(rule.warning(Wording.unmet(rule, asked, new Unmet(List.of(reason), false)))));
    }

    private Verdict deny(CompiledRule rule, Facts facts, Unmet unmet) {
        String message = rule.denies() ? Wording.refused(rule, asked) : Wording.unmet(rule, asked, unmet);
        boolean identityMayHelp = rules.identityMayHelp(facts, Optional.of(rule));
        return new Verdict.Deny(rule.name(), message, identityMayHelp, unmet.ageAlone());
    }

    private static Verdict allow(CompiledRule rule, List<Grounds.Warning> warnings, String exemption) {
        return new Verdict.Allow(TagRule.FREE, new Grounds(rule.name(), rule.warns(), warnings, exemption));
    }

    /** A rule that refuses a listed digest means that one, whatever it is. */
    private boolean passesAsSignature() {
        return SignatureArtifact.mayBe(asked.reference())
                && SignatureArtifact.is(subject.manifest(), subject.standings())
                && !rules.refusesDigest(facts(Optional.empty()))
                && new Anywhere(rules, allowByDefault, asked.repository(), asked.asker(), now).isPossible();
    }
}
