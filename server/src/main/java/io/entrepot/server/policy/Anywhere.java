package io.entrepot.server.policy;

import io.entrepot.oci.Repository;
import io.entrepot.server.content.TagRule;
import java.util.List;
import java.util.Optional;

/** Whether there can be anything in a repository that somebody may pull. */
final class Anywhere {

    private final RepositoryRules rules;
    private final boolean allowByDefault;
    private final Repository repository;
    private final Facts facts;
    private final Moment now;

    Anywhere(RepositoryRules rules, boolean allowByDefault, Repository repository, Asker asker, Moment now) {
        this.rules = rules;
        this.allowByDefault = allowByDefault;
        this.repository = repository;
        this.facts = new Facts.Anything(asker);
        this.now = now;
    }

    boolean isPossible() {
        return verdict() instanceof Verdict.Allow;
    }

    Verdict verdict() {
        Outlook outlook = Outlook.of(rules.near(facts), facts, this::mayAllow);
        Optional<CompiledRule> certain = outlook.certain();
        boolean possible = outlook.open().stream().anyMatch(this::mayAllow)
                || certain.map(this::mayAllow).orElse(allowByDefault);
        return possible ? allowed(outlook) : refused(certain);
    }

    private boolean mayAllow(CompiledRule rule) {
        return !rule.denies() || !rule.exempt(now).isEmpty();
    }

    private Verdict allowed(Outlook outlook) {
        List<Grounds.Warning> warnings = outlook.warned().stream()
                .map(rule -> rule.warning(Wording.anything(rule, repository)))
                .toList();
        return new Verdict.Allow(TagRule.FREE, Grounds.of(outlook.certain(), warnings));
    }

    private Verdict refused(Optional<CompiledRule> certain) {
        return new Verdict.Deny(
                certain.map(CompiledRule::name).orElse(""),
                certain.map(rule -> Wording.anything(rule, repository))
                        .orElseGet(() -> Wording.nothingAllows(repository)),
                rules.identityMayHelp(facts, certain),
                false);
    }
}
