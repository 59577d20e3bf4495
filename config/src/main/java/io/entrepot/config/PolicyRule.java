package io.entrepot.config;

import io.entrepot.oci.Digest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One rule of a policy, as it was written.
 *
 * @param name as refusals, logs and records call it; unique
 * @param where file and line, for people
 * @param exemptions digests for which its requirements or its refusal do not hold, each with a reason and an end
 */
public record PolicyRule(
        String name, String where, Mode mode, PolicyMatch match, Effect effect, List<Exemption> exemptions) {

    /** {@code WARN}: what it would refuse is let by, and said. {@code OFF}: as if it were not there. */
    public enum Mode {
        ENFORCE,
        WARN,
        OFF
    }

    public PolicyRule {
        exemptions = List.copyOf(exemptions);
    }

    /** What a rule does with what it matches. */
    public sealed interface Effect {

        /** It may be pulled. */
        record Allow() implements Effect {}

        /** It may not. */
        record Deny(Words words) implements Effect {}

        /** It may, if it meets all of these. */
        record Require(Requirements requirements, Words words) implements Effect {}
    }

    /**
     * What a refused person reads.
     *
     * @param message with {@code {image}} and {@code {rule}} in it; empty: words are made for it
     * @param link where there is more to read; shown behind the message
     */
    public record Words(String message, Optional<String> link) {
        public static final Words NONE = new Words("", Optional.empty());
    }

    /** Until then the digest is let by, for this reason. */
    public record Exemption(Digest digest, String reason, Instant until) {}
}
