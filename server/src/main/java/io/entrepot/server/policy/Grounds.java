package io.entrepot.server.policy;

import java.util.List;
import java.util.Optional;

/**
 * Why something is allowed.
 *
 * @param rule the rule that decided; empty: no rule matched, and the default allows
 * @param onTrial whether that rule is in mode {@code warn}: it would have allowed this whatever was missing
 * @param warnings what rules in mode {@code warn} would have refused
 * @param exemption the reason of the exemption without which it would be refused; empty: there was none
 */
public record Grounds(String rule, boolean onTrial, List<Warning> warnings, String exemption) {

    /** What a rule would have refused, in words that name it. */
    public record Warning(String rule, String message) {}

    public static final Grounds NONE = new Grounds("", List.of(), "");

    /** By a rule that is enforced, or by none. */
    public Grounds(String rule, List<Warning> warnings, String exemption) {
        this(rule, false, warnings, exemption);
    }

    static Grounds of(Optional<CompiledRule> rule, List<Warning> warnings) {
        return new Grounds(
                rule.map(CompiledRule::name).orElse(""),
                rule.filter(CompiledRule::warns).isPresent(),
                warnings,
                "");
    }

    public Grounds {
        warnings = List.copyOf(warnings);
    }

    /** The words of the warnings. */
    public List<String> messages() {
        return warnings.isEmpty()
                ? List.of()
                : warnings.stream().map(Warning::message).toList();
    }

    /** Whether everything that was asked is met, so that it can be passed on to what an index names. */
    public boolean isClean() {
        return warnings.isEmpty() && exemption.isEmpty();
    }
}
