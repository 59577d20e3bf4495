package io.entrepot.server.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Which rules may decide a question of which not everything is known.
 *
 * @param open those that decide if what is not known yet turns out so, in order
 * @param certain the one that decides if none of those does; empty: the default does
 * @param warned those that would have refused before it, were they enforced
 */
record Outlook(List<CompiledRule> open, Optional<CompiledRule> certain, List<CompiledRule> warned) {

    /**
     * Goes through rules in order.
     *
     * @param enough told of one that may decide; true: no other is looked for, since this one tells all that is asked
     */
    static Outlook of(List<CompiledRule> rules, Facts facts, Predicate<CompiledRule> enough) {
        List<CompiledRule> open = new ArrayList<>(0);
        List<CompiledRule> warned = new ArrayList<>(0);
        for (CompiledRule rule : rules) {
            Fit fit = rule.fit(facts);
            if (fit.isNo()) {
                continue;
            }
            if (rule.denies() && rule.warns()) {
                if (!fit.isOpen()) {
                    warned.add(rule);
                }
            } else if (fit.isOpen()) {
                open.add(rule);
                if (enough.test(rule)) {
                    break;
                }
            } else {
                return new Outlook(open, Optional.of(rule), warned);
            }
        }
        return new Outlook(open, Optional.empty(), warned);
    }

    /** All that may decide, the default apart. */
    Stream<CompiledRule> possible() {
        return Stream.concat(open.stream(), certain.stream());
    }
}
