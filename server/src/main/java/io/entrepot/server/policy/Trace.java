package io.entrepot.server.policy;

import java.util.List;

/**
 * How a verdict came about.
 *
 * @param steps every rule in order, up to the last
 */
public record Trace(List<Step> steps, Verdict verdict) {

    public Trace {
        steps = List.copyOf(steps);
    }

    /** What became of a rule. */
    public enum Outcome {
        /** Its mode is off. */
        OFF,
        /** It does not speak of this. */
        NO_MATCH,
        /** Whether it speaks of this depends on content that was not looked at. */
        OPEN,
        /** It would have refused, were it enforced. */
        WARNS,
        /** It allows, or refuses. */
        DECIDES,
        /** One before it decides. */
        NOT_REACHED
    }

    /**
     * One rule.
     *
     * @param where file and line
     * @param why which list of its match does not match or is not known, or what it says; empty: nothing to say
     */
    public record Step(String rule, String where, Outcome outcome, String why) {}
}
