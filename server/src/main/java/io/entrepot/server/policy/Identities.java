package io.entrepot.server.policy;

import java.util.List;
import java.util.Optional;

/** Whether a refusal would be another if it were known who asks. */
final class Identities {

    private Identities() {}

    /** Whether a rule in front of the one that refuses waits for somebody to be who it speaks of. */
    static boolean mayHelp(List<CompiledRule> rules, Facts facts, Optional<CompiledRule> refuses) {
        if (facts.asker().isKnown()) {
            return false;
        }
        for (CompiledRule rule : rules) {
            if (refuses.isPresent() && rule == refuses.get()) {
                return false;
            }
            if (rule.waitsForIdentity(facts)) {
                return true;
            }
        }
        return false;
    }
}
