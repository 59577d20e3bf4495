package io.entrepot.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What may be pulled, as it was written: the section {@code policy}, with the rules of its directory behind its own.
 *
 * @param allowByDefault what holds where no rule matches
 * @param rules in order: the first that matches holds
 * @param denyDigests files of digests that nobody gets, one on a line; read again when they change
 * @param inUseGrace how long a client that was given an image may go on reading its blobs after it is refused; zero: not at all
 */
public record PolicyConfig(
        boolean allowByDefault, List<PolicyRule> rules, List<Path> denyDigests, PinConfig pins, Duration inUseGrace) {

    /** No section at all: everything is allowed. */
    public static final PolicyConfig NONE = new PolicyConfig(true, List.of(), List.of(), PinConfig.NONE, Duration.ZERO);

    public PolicyConfig {
        rules = List.copyOf(rules);
        denyDigests = List.copyOf(denyDigests);
    }
}
