package io.entrepot.server.audit;

import java.util.List;

/**
 * What was decided, as it is recorded.
 *
 * @param status that the client was told, or would be
 * @param rule the rule that decided; empty: the default, or no rule at all
 * @param mode of that rule, {@code enforce} or {@code warn}; empty: there is no rule
 * @param reason in the words that the client was told; empty: it was allowed
 * @param warned what rules on trial would have refused
 * @param exemption the reason without which it would have been refused; empty: there was none
 */
public record Ruling(
        Verdict verdict, int status, String rule, String mode, String reason, List<Warned> warned, String exemption) {

    private static final String ENFORCE = "enforce";
    private static final String WARN = "warn";

    /** A rule in mode {@code warn}, and what it would have said. */
    public record Warned(String rule, String message) {}

    /** What became of a request. */
    public enum Verdict {
        ALLOW("allow"),
        DENY("deny"),
        /** What the rule needs is not known now. */
        UNDECIDED("undecided"),
        /** It was allowed, and could not be answered. */
        FAILED("failed"),
        /** It leads nowhere here. */
        UNROUTABLE("unroutable");

        private final String label;

        Verdict(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }

    public Ruling {
        warned = List.copyOf(warned);
    }

    /**
     * It may be pulled.
     *
     * @param onTrial whether the rule is in mode {@code warn}
     */
    public static Ruling allow(String rule, boolean onTrial, List<Warned> warned, String exemption) {
        return new Ruling(
                Verdict.ALLOW, 200, rule, rule.isEmpty() ? "" : onTrial ? WARN : ENFORCE, "", warned, exemption);
    }

    public static Ruling not(Verdict verdict, int status, String rule, String reason) {
        return new Ruling(verdict, status, rule, rule.isEmpty() ? "" : ENFORCE, reason, List.of(), "");
    }
}
