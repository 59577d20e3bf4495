package io.entrepot.server.upstream;

import java.time.Duration;

/**
 * How sparingly an upstream is to be asked now.
 *
 * @param factor how many times longer than usual a tag is believed, 1 or more
 * @param metered whether it is known to count what we fetch
 * @param because in words; empty where nothing is spared
 */
public record Thrift(int factor, boolean metered, String because) {

    public static final Thrift NONE = new Thrift(1, false, "");

    /** What is believed for no time at all is believed for so long, times the factor. */
    private static final Duration LEAST = Duration.ofSeconds(30);

    public Thrift {
        if (factor < 1) {
            throw new IllegalArgumentException("factor: " + factor + " (expected: 1 or more)");
        }
    }

    /** How long something is believed that is usually believed for {@code fresh}. */
    public Duration stretched(Duration fresh) {
        return factor == 1 ? fresh : (fresh.compareTo(LEAST) < 0 ? LEAST : fresh).multipliedBy(factor);
    }
}
