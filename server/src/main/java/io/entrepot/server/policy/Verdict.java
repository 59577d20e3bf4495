package io.entrepot.server.policy;

import io.entrepot.server.content.TagRule;
import java.time.Duration;

/** What policy says of a pull. */
public sealed interface Verdict {

    /** It may go on; a tag is resolved as the rule says. */
    record Allow(TagRule tagRule, Grounds grounds) implements Verdict {}

    /**
     * It may not.
     *
     * @param rule the rule that refuses; empty: no rule matched, and the default denies
     * @param message for a person; names the rule as configured
     * @param identityMayHelp whether somebody who proved who they are might be allowed
     * @param forAgeAlone whether it lacks nothing but age
     * @param listed whether a list of digests that nobody gets says so: nothing helps against that
     */
    record Deny(String rule, String message, boolean identityMayHelp, boolean forAgeAlone, boolean listed)
            implements Verdict {

        /** By a rule, or by the default. */
        public Deny(String rule, String message, boolean identityMayHelp, boolean forAgeAlone) {
            this(rule, message, identityMayHelp, forAgeAlone, false);
        }

        /** By a list of digests. */
        static Deny listed(String message) {
            return new Deny("", message, false, false, true);
        }
    }

    /** It cannot be said yet: what the rule needs is not known now. */
    record Undecided(String rule, String message, Duration retryAfter) implements Verdict {}

    Verdict ALLOW = new Allow(TagRule.FREE, Grounds.NONE);
}
