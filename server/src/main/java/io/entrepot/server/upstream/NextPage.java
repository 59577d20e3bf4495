package io.entrepot.server.upstream;

import io.entrepot.server.net.HttpReply;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The next page that a {@code Link} names (RFC 8288). Only its query is ever followed: where the page is, we know, and an
 * upstream does not send us elsewhere.
 */
final class NextPage {

    private static final int LONGEST = 2_048;
    private static final Pattern LINK =
            Pattern.compile("<([^>]*)>(?:[^,\"]|\"[^\"]*\")*?;\\s*rel\\s*=\\s*\"?next\"?", Pattern.CASE_INSENSITIVE);
    private static final Pattern QUERY = Pattern.compile("[!-~&&[^#<>\"]]+");

    private NextPage() {}

    /** Whether there is one. */
    static boolean exists(HttpReply reply) {
        return reply.headers("Link").stream()
                .anyMatch(link -> LINK.matcher(link).find());
    }

    /** The query of its address. @throws WrongAnswer if it has none, or one that cannot be sent */
    static Optional<String> query(HttpReply reply) {
        return reply.headers("Link").stream()
                .map(LINK::matcher)
                .filter(Matcher::find)
                .map(link -> query(link.group(1)))
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
}
