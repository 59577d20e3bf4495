package io.entrepot.server.upstream;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an upstream says that it grants, as Docker Hub does with its answers about manifests:
 *
 * <pre>
 *   ratelimit-limit: 100;w=21600
 *   ratelimit-remaining: 76;w=21600
 *   docker-ratelimit-source: 203.0.113.7
 * </pre>
 *
 * <p>No such headers: it limits nothing, or does not say so.
 *
 * @param limit requests in a window
 * @param remaining of these
 * @param window an hour where it is not said; between a second and a week
 * @param source whom the upstream counts: an address, or the id of an account; empty: not said
 */
record Grant(long limit, long remaining, Duration window, String source) {

    private static final Pattern VALUE =
            Pattern.compile("\\s*([0-9]{1,9})\\s*(?:;\\s*w\\s*=\\s*([0-9]{1,9})\\s*)?(?:[;,].*)?");
    private static final long UNSAID_SECONDS = 3_600;
    private static final long LONGEST_SECONDS = 7 * 86_400;
    private static final int LONGEST_SOURCE = 64;

    Grant {
        if (limit < 1 || remaining < 0 || remaining > limit) {
            throw new IllegalArgumentException(
                    remaining + " of " + limit + " (expected: 0 to the limit, of 1 or more)");
        }
    }

    /** What an answer with these headers says; empty if it says nothing, or nothing that can be. */
    static Optional<Grant> of(Function<String, Optional<String>> header) {
        Optional<Matcher> limit = header.apply("ratelimit-limit").flatMap(Grant::value);
        Optional<Matcher> remaining = header.apply("ratelimit-remaining").flatMap(Grant::value);
        if (limit.isEmpty() || remaining.isEmpty()) {
            return Optional.empty();
        }
        long granted = Long.parseLong(limit.get().group(1));
        long left = Math.min(granted, Long.parseLong(remaining.get().group(1)));
        String source = header.apply("docker-ratelimit-source").orElse("");
        return granted == 0
                ? Optional.empty()
                : Optional.of(new Grant(granted, left, window(limit.get(), remaining.get()), shown(source)));
    }

    /** The same, of which nothing is left. */
    Grant used() {
        return new Grant(limit, 0, window, source);
    }

    private static Optional<Matcher> value(String header) {
        Matcher matcher = VALUE.matcher(header);
        return matcher.matches() ? Optional.of(matcher) : Optional.empty();
    }

    private static Duration window(Matcher limit, Matcher remaining) {
        String said = limit.group(2) != null ? limit.group(2) : remaining.group(2);
        long seconds = said == null ? UNSAID_SECONDS : Long.parseLong(said);
        return Duration.ofSeconds(Math.max(1, Math.min(LONGEST_SECONDS, seconds)));
    }

    private static String shown(String source) {
        String text = ErrorMessage.printable(source);
        return text.length() <= LONGEST_SOURCE ? text : text.substring(0, LONGEST_SOURCE);
    }
}
