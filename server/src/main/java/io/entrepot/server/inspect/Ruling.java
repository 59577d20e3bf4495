package io.entrepot.server.inspect;

import io.entrepot.server.policy.Explanation.Step;
import java.util.List;

/**
 * What a configuration says of an image for somebody, as far as that can be said of what is known.
 *
 * @param rule the one that decides, or would if nothing before it did; empty: none
 * @param message for a person: of a refusal, what they would read
 * @param dependsOn what is to be known of the content before it can be said, in words
 * @param warnings of rules in mode warn
 * @param steps each rule, and what became of it
 */
public record Ruling(
        State state, String rule, String message, List<String> dependsOn, List<String> warnings, List<Step> steps) {

    /** {@code DEPENDS}: on content. {@code UNDECIDED}: a mirror would answer 503. */
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

    static Ruling deny(String rule, String message) {
        return new Ruling(State.DENY, rule, message, List.of(), List.of(), List.of());
    }
}
