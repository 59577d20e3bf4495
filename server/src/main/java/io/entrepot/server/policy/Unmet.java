package io.entrepot.server.policy;

import java.util.List;

/**
 * What a rule asks and content does not have.
 *
 * @param reasons each in words that go before the name of the rule; none: everything is met
 * @param ageAlone whether nothing but age is missing
 */
record Unmet(List<String> reasons, boolean ageAlone) {

    static final Unmet NOTHING = new Unmet(List.of(), false);

    Unmet {
        reasons = List.copyOf(reasons);
    }

    boolean isNothing() {
        return reasons.isEmpty();
    }
}
