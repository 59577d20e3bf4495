package io.entrepot.server.upstream;

import io.entrepot.server.net.HttpReply;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The next page that a {@code Link} names (RFC 8288): {@code <target>; rel="next"; title="a, b", <target>; …}. Only its query
 * is ever followed: where the page is, we know, and an upstream does not send us elsewhere. Read from left to right, each
 * character once, however long it is.
 */
final class NextPage {

    private static final int LONGEST = 2_048;
    private static final Pattern QUERY = Pattern.compile("[!-~&&[^#<>\"]]+");

    private NextPage() {}

    /** Whether there is one. */
    static boolean exists(HttpReply reply) {
        return target(reply).isPresent();
    }

    /** The query of its address. @throws WrongAnswer if it has none, or one that cannot be sent */
    static Optional<String> query(HttpReply reply) {
        return target(reply).map(NextPage::query);
    }

    private static Optional<String> target(HttpReply reply) {
        return reply.headers("Link").stream()
                .map(NextPage::next)
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static String query(String target) {
        int question = target.indexOf('?');
        String query = question < 0 ? "" : target.substring(question + 1);
        if (query.length() > LONGEST || !QUERY.matcher(query).matches()) {
            throw new WrongAnswer("names a next page that cannot be asked for (expected: an address with a query)");
        }
        return query;
    }

    /** The first target of a header whose relation is this one. */
    static Optional<String> next(String header) {
        int begins = header.indexOf('<');
        while (begins >= 0) {
            int ends = header.indexOf('>', begins);
            if (ends < 0) {
                return Optional.empty();
            }
            int over = end(header, ends, header.length(), ',');
            if (isNext(header, ends + 1, over)) {
                return Optional.of(header.substring(begins + 1, ends));
            }
            begins = header.indexOf('<', over);
        }
        return Optional.empty();
    }

    private static boolean isNext(String header, int from, int to) {
        for (int at = from; at < to; ) {
            int end = end(header, at, to, ';');
            if (isNext(header.substring(at, end))) {
                return true;
            }
            at = end + 1;
        }
        return false;
    }

    /** {@code rel=next}, {@code rel="prev next"}. */
    private static boolean isNext(String parameter) {
        int equals = parameter.indexOf('=');
        String name = equals < 0 ? "" : parameter.substring(0, equals).strip();
        return name.equalsIgnoreCase("rel")
                && Arrays.stream(parameter
                                .substring(equals + 1)
                                .replace('"', ' ')
                                .split(" ", -1))
                        .anyMatch("next"::equalsIgnoreCase);
    }

    /** Where this character is that is in no quotes; the end if it is nowhere. */
    private static int end(String header, int from, int to, char wanted) {
        boolean quoted = false;
        for (int at = from; at < to; at++) {
            char c = header.charAt(at);
            quoted ^= c == '"';
            if (c == wanted && !quoted) {
                return at;
            }
        }
        return to;
    }
}
