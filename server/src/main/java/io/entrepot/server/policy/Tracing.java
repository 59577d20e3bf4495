package io.entrepot.server.policy;

import io.entrepot.oci.Repository;
import io.entrepot.server.policy.Trace.Outcome;
import io.entrepot.server.policy.Trace.Step;
import java.util.ArrayList;
import java.util.List;

/** Goes through all rules once more and says of each what became of it. */
final class Tracing {

    private final Repository repository;
    private final Facts facts;
    private final Moment now;
    private final String words;
    private boolean decided;

    private Tracing(Repository repository, Facts facts, Verdict verdict, Moment now) {
        this.repository = repository;
        this.facts = facts;
        this.now = now;
        this.words = words(verdict);
    }

    static List<Step> of(List<CompiledRule> all, Repository repository, Facts facts, Verdict verdict, Moment now) {
        Tracing tracing = new Tracing(repository, facts, verdict, now);
        List<Step> steps = new ArrayList<>(all.size());
        all.forEach(rule -> steps.add(tracing.step(rule)));
        return steps;
    }

    private static String words(Verdict verdict) {
        if (verdict instanceof Verdict.Deny deny) {
            return deny.message();
        }
        return verdict instanceof Verdict.Allow allow
                ? String.join("; ", allow.grounds().messages())
                : "";
    }

    private Step step(CompiledRule rule) {
        if (rule.isOff()) {
            return step(rule, Outcome.OFF, "mode off");
        }
        Fit fit = rule.fit(repository);
        fit = fit.isNo() ? fit : rule.fit(facts);
        if (fit.isNo()) {
            return step(rule, Outcome.NO_MATCH, fit.field());
        }
        if (decided) {
            return step(rule, Outcome.NOT_REACHED, "");
        }
        if (fit.isOpen()) {
            return step(rule, Outcome.OPEN, fit.field());
        }
        if (rule.denies() && rule.warns()) {
            return step(rule, Outcome.WARNS, exempts(rule) ? "mode warn, and exempt" : "mode warn");
        }
        decided = true;
        return step(rule, Outcome.DECIDES, words);
    }

    private boolean exempts(CompiledRule rule) {
        return facts instanceof Facts.Whole whole
                && rule.exemption(whole.subject().manifest().descriptor().digest(), now)
                        .isPresent();
    }

    private static Step step(CompiledRule rule, Outcome outcome, String why) {
        return new Step(rule.name(), rule.rule().where(), outcome, why);
    }
}
