package io.entrepot.server.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rules that can decide something in one repository, in order, and what they look at. */
final class RepositoryRules {

    private final Needs needs;
    private final int size;
    private final Shortlist shortlist;
    private final List<CompiledRule> waiting;
    private final List<CompiledRule> listing;

    private RepositoryRules(List<CompiledRule> rules, Needs needs) {
        this.needs = needs;
        this.size = rules.size();
        this.shortlist = new Shortlist(rules);
        this.waiting = rules.stream()
                .filter(rule -> !rule.denies() && rule.needsIdentity())
                .toList();
        this.listing = rules.stream()
                .filter(rule -> rule.denies() && !rule.warns() && rule.speaksOfDigests())
                .toList();
    }

    /** Of those that speak of the repository and are not off: behind one that decides everything none is reached. */
    static RepositoryRules of(List<CompiledRule> found, boolean digestsAreDenied) {
        List<CompiledRule> reached = new ArrayList<>();
        for (CompiledRule rule : found) {
            reached.add(rule);
            if (rule.isLast()) {
                break;
            }
        }
        boolean look = reached.stream().anyMatch(CompiledRule::looksAtContent);
        boolean platforms = reached.stream().anyMatch(CompiledRule::looksAtPlatforms);
        return new RepositoryRules(List.copyOf(reached), new Needs(look || digestsAreDenied, look, platforms));
    }

    Needs needs() {
        return needs;
    }

    /** Those that can fit, in order. */
    List<CompiledRule> near(Facts facts) {
        return shortlist.near(facts);
    }

    /** Whether a rule in front of the one that refuses waits for somebody unknown to be who it speaks of. */
    boolean identityMayHelp(Facts facts, Optional<CompiledRule> refuses) {
        int end = refuses.map(CompiledRule::position).orElse(Integer.MAX_VALUE);
        if (facts.asker().isKnown()) {
            return false;
        }
        for (CompiledRule rule : waiting) {
            if (rule.position() < end && rule.waitsForIdentity(facts)) {
                return true;
            }
        }
        return false;
    }

    /** Whether one of them refuses this digest by name. */
    boolean refusesDigest(Facts facts) {
        return listing.stream().anyMatch(rule -> !rule.fit(facts).isNo());
    }

    /** Roughly, in references. */
    int weight() {
        return 32 + 4 * size;
    }
}
