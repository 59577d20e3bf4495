package io.entrepot.server.pull;

import io.entrepot.server.policy.Grounds;
import io.entrepot.server.policy.Verdict;

/** Told of every decision that an answer or a refusal follows. Called on any thread; returns at once and does not throw. */
@FunctionalInterface
public interface Decisions {

    /** What a rule did to one request. */
    enum Outcome {
        ALLOW,
        /** It would refuse but for an exemption. */
        EXEMPT,
        /** It would refuse, and is on trial. */
        WARN,
        DENY,
        /** What it needs is not known now. */
        UNDECIDED
    }

    /**
     * A rule decided a request, or would have.
     *
     * @param rule as it is named in the configuration; empty: no rule matched, the default decided
     */
    void decided(String rule, Outcome outcome);

    /** What was given, and which rules would not have. */
    default void allowed(Grounds grounds) {
        decided(grounds.rule(), grounds.exemption().isEmpty() ? Outcome.ALLOW : Outcome.EXEMPT);
        if (!grounds.warnings().isEmpty()) {
            grounds.warnings().stream()
                    .map(Grounds.Warning::rule)
                    .distinct()
                    .forEach(rule -> decided(rule, Outcome.WARN));
        }
    }

    /** A refusal; an allow may still be taken back by the next question, and counts with the answer. */
    default void decided(Verdict verdict) {
        if (verdict instanceof Verdict.Deny deny) {
            decided(deny.rule(), Outcome.DENY);
        } else if (verdict instanceof Verdict.Undecided undecided) {
            decided(undecided.rule(), Outcome.UNDECIDED);
        }
    }
}
