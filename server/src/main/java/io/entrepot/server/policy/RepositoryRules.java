package io.entrepot.server.policy;

import java.util.ArrayList;
import java.util.List;

/**
 * The rules that can decide something in one repository, in order, and what they look at.
 *
 * @param rules none is off; behind one that decides everything there is no other
 */
record RepositoryRules(List<CompiledRule> rules, Needs needs) {

    /** Of those that speak of the repository. */
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

    /** Roughly, in references. */
    int weight() {
        return 16 + rules.size();
    }
}
