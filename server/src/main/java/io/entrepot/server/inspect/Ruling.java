package io.entrepot.server.inspect;

import io.entrepot.config.PolicyRule;
import io.entrepot.config.PolicyRule.Effect;
import io.entrepot.config.Requirements;
import io.entrepot.oci.Reference;
import io.entrepot.oci.RegistryException;
import io.entrepot.server.policy.Trace;
import io.entrepot.server.policy.Trace.Outcome;
import io.entrepot.server.policy.Trace.Step;
import io.entrepot.server.policy.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is said of an image for somebody, as far as that can be said of what is known.
 *
 * @param status what a mirror would answer; 0: it depends
 * @param rule the one that decides, or would if nothing before it did; empty: none
 * @param message for a person: of a refusal, what they would read; of an exemption, its reason
 * @param dependsOn what is to be known of the content before it can be said, in words
 * @param warnings of rules in mode warn
 * @param steps each rule, and what became of it
 */
public record Ruling(
        State state,
        int status,
        String rule,
        String message,
        List<String> dependsOn,
        List<String> warnings,
        List<Step> steps) {

    /** {@code DEPENDS}: on content. {@code UNDECIDED}: it cannot be said now. */
    public enum State {
        ALLOW,
        DENY,
        DEPENDS,
        UNDECIDED
    }

    public Ruling {
        dependsOn = List.copyOf(dependsOn);
        warnings = List.copyOf(warnings);
        steps = List.copyOf(steps);
    }

    static Ruling refused(String rule, RegistryException refusal) {
        String message = String.valueOf(refusal.getMessage());
        return new Ruling(State.DENY, refusal.status(), rule, message, List.of(), List.of(), List.of());
    }

    /** Of everything that there is to know. */
    static Ruling told(Trace trace) {
        Verdict verdict = trace.verdict();
        List<Step> steps = trace.steps();
        if (verdict instanceof Verdict.Allow allow) {
            List<String> warnings = allow.grounds().messages();
            String rule = allow.grounds().rule();
            return new Ruling(State.ALLOW, 200, rule, allow.grounds().exemption(), List.of(), warnings, steps);
        }
        if (verdict instanceof Verdict.Deny deny) {
            return new Ruling(State.DENY, 403, deny.rule(), deny.message(), List.of(), List.of(), steps);
        }
        Verdict.Undecided undecided = (Verdict.Undecided) verdict;
        return new Ruling(State.UNDECIDED, 503, undecided.rule(), undecided.message(), List.of(), List.of(), steps);
    }

    /** Of the names alone: what they allow may still depend on content. */
    static Ruling byNames(Trace trace, List<PolicyRule> rules, Reference reference) {
        Ruling told = told(trace);
        List<String> open = told.state() == State.ALLOW ? open(trace.steps(), rules, reference) : List.of();
        String deciding = deciding(trace.steps());
        return new Ruling(
                open.isEmpty() ? told.state() : State.DEPENDS,
                open.isEmpty() ? told.status() : 0,
                told.rule().isEmpty() ? deciding : told.rule(),
                told.message(),
                open,
                told.warnings(),
                told.steps());
    }

    private static String deciding(List<Step> steps) {
        return steps.stream()
                .filter(step -> step.outcome() == Outcome.DECIDES)
                .map(Step::rule)
                .findFirst()
                .orElse("");
    }

    private static List<String> open(List<Step> steps, List<PolicyRule> rules, Reference reference) {
        Map<String, Effect> effects = new LinkedHashMap<>();
        rules.forEach(rule -> effects.put(rule.name(), rule.effect()));
        List<String> all = new ArrayList<>();
        for (Step step : steps) {
            List<String> what = step.outcome() == Outcome.OPEN
                    ? List.of(open(step.why(), reference))
                    : step.outcome() == Outcome.DECIDES ? required(effects.get(step.rule()), reference) : List.of();
            if (!what.isEmpty()) {
                all.add(String.join(", ", what) + " (rule " + step.rule() + ")");
            }
        }
        return all;
    }

    private static String open(String field, Reference reference) {
        return field.startsWith("tags") && reference instanceof Reference.ByDigest
                ? "the tags that it has here"
                : field;
    }

    private static List<String> required(@Nullable Effect effect, Reference reference) {
        if (effect instanceof Effect.Deny) {
            return List.of("its digest, for which there may be an exemption");
        }
        return effect instanceof Effect.Require require
                ? required(require.requirements(), reference instanceof Reference.ByDigest)
                : List.of();
    }

    private static List<String> required(Requirements asked, boolean byDigest) {
        List<String> all = new ArrayList<>();
        add(all, asked.pinned() && byDigest, "pinned");
        add(all, asked.immutableTag(), "immutable-tag");
        add(all, asked.noRollback(), "no-rollback");
        add(all, !asked.minAge().isZero(), "min-age");
        add(all, !asked.platforms().isEmpty(), "platforms");
        add(all, asked.maxSize().isPresent(), "max-size");
        add(all, !asked.mediaTypes().isEmpty(), "media-types");
        add(all, asked.noForeignUrls(), "no-foreign-urls");
        return all;
    }

    private static void add(List<String> all, boolean asked, String what) {
        if (asked) {
            all.add(what);
        }
    }

    /** As it is printed and sent. */
    public Map<String, Object> facts() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("verdict", state.name().toLowerCase(Locale.ROOT));
        facts.put("status", status);
        facts.put("rule", rule);
        facts.put("message", message);
        facts.put("dependsOn", dependsOn);
        facts.put("warnings", warnings);
        facts.put("steps", steps.stream().map(Ruling::facts).toList());
        return facts;
    }

    private static Map<String, Object> facts(Step step) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("rule", step.rule());
        facts.put("where", step.where());
        facts.put("outcome", step.outcome().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        facts.put("why", step.why());
        return facts;
    }
}
