package io.entrepot.server.policy;

import io.entrepot.oci.RegistryException;
import io.entrepot.server.content.TagRule;
import java.time.Duration;
import java.util.function.Function;

/** What policy says of a pull. */
public sealed interface Verdict {

    /** It may go on; a tag is resolved as the rule says. */
    record Allow(TagRule rule) implements Verdict {
        @Override
        public <T> T match(Function<TagRule, T> allowed, Function<RegistryException, T> refused) {
            return allowed.apply(rule);
        }
    }

    /** It may not; the reason names the rule as configured, in words for a person. */
    record Deny(String reason) implements Verdict {
        @Override
        public <T> T match(Function<TagRule, T> allowed, Function<RegistryException, T> refused) {
            return refused.apply(new RegistryException.Denied(reason));
        }
    }

    /** It cannot be said yet: what the rule needs is not known now. */
    record Undecided(String reason, Duration retryAfter) implements Verdict {
        @Override
        public <T> T match(Function<TagRule, T> allowed, Function<RegistryException, T> refused) {
            return refused.apply(new RegistryException.Unavailable(reason, retryAfter));
        }
    }

    Verdict ALLOW = new Allow(TagRule.FREE);

    /** Goes on, or refuses in the words for the client. */
    <T> T match(Function<TagRule, T> allowed, Function<RegistryException, T> refused);
}
