package io.entrepot.server.cli;

import io.entrepot.config.PolicyConfig;
import io.entrepot.config.PolicyMatch;
import io.entrepot.config.PolicyRule;
import io.entrepot.oci.ImageRef;
import io.entrepot.server.audit.query.Judged;
import io.entrepot.server.inspect.Ruling;
import io.entrepot.server.inspect.Ruling.State;
import io.entrepot.server.inspect.Rulings;
import io.entrepot.server.inspect.Who;
import io.entrepot.server.policy.Trace.Outcome;
import io.entrepot.server.policy.Trace.Step;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What the rules of a configuration say of images that somebody pulled, or runs. */
final class ConfiguredRules implements Judged {

    private final Rulings rulings;
    private final List<PolicyRule> rules;
    private final Instant now;

    ConfiguredRules(Rulings rulings, PolicyConfig policy, Instant now) {
        this.rulings = rulings;
        this.rules = policy.rules();
        this.now = now;
    }

    @Override
    public Verdict judge(Asked asked) {
        try {
            Ruling ruling = rulings.of(image(asked), who(asked), now);
            return ruling.state() == State.DEPENDS
                    ? new Verdict("depends", ruling.rule(), String.join("; ", ruling.dependsOn()), basis(ruling))
                    : new Verdict(ruling.state().name().toLowerCase(Locale.ROOT), ruling.rule(), ruling.message());
        } catch (IllegalArgumentException e) {
            return new Verdict("deny", "", String.valueOf(e.getMessage()));
        }
    }

    /** The rules that would look at content: of one that is in force anyway it does not matter what else it matches. */
    private List<PolicyRule> basis(Ruling ruling) {
        List<PolicyRule> basis = new ArrayList<>();
        for (Step step : ruling.steps()) {
            boolean open = step.outcome() == Outcome.OPEN;
            if (open || step.outcome() == Outcome.DECIDES) {
                rules.stream()
                        .filter(rule -> rule.name().equals(step.rule()))
                        .map(rule -> new PolicyRule(
                                rule.name(),
                                "",
                                rule.mode(),
                                open ? rule.match() : PolicyMatch.ANY,
                                rule.effect(),
                                rule.exemptions()))
                        .forEach(basis::add);
            }
        }
        return basis;
    }

    private static ImageRef image(Asked asked) {
        String name = asked.registry() + "/" + asked.repository();
        return ImageRef.parse(asked.tag().isEmpty() ? name + "@" + asked.digest() : name + ":" + asked.tag());
    }

    private static Who who(Asked asked) {
        return new Who(asked.namespace().isEmpty() ? asked.principal() : "", Set.of(), asked.namespace(), "", "");
    }
}
