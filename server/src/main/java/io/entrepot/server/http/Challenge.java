package io.entrepot.server.http;

import io.entrepot.oci.RegistryException.Unauthorized;
import io.entrepot.server.pull.Address;
import java.util.Locale;

/**
 * What a 401 asks for: a token from this mirror, under the name by which the client reached it, for what it asked for in
 * the words in which it did (RFC 6750; distribution, token authentication).
 *
 * <pre>
 *   Bearer realm="https://mirror.corp:5000/token",service="docker.io",scope="repository:library/alpine:pull"
 * </pre>
 *
 * The service names the registry where the client did so beside the path ({@code ns}), so that the token can be for that.
 */
final class Challenge {

    /** At {@code /token} itself. */
    static final String BASIC = "Basic realm=\"entrepot\"";

    /** What a question about nothing in particular is about. */
    static final Address NOTHING = new Address("", "", "", "");

    private Challenge() {}

    /** On what was asked for by this name. */
    static String of(Unauthorized failure, RequestHead head, boolean secure, Address address) {
        String host = head.value("Host").toLowerCase(Locale.ROOT);
        StringBuilder challenge = new StringBuilder("Bearer realm=\"")
                .append(secure ? "https://" : "http://")
                .append(host)
                .append(address.mount().isEmpty() ? "" : "/" + address.mount())
                .append("/token\",service=\"")
                .append(address.ns().isEmpty() ? host : plain(address.ns()))
                .append('"');
        if (!address.path().isEmpty()) {
            challenge
                    .append(",scope=\"repository:")
                    .append(plain(address.path()))
                    .append(":pull\"");
        }
        String error = error(failure, head);
        if (!error.isEmpty()) {
            challenge.append(",error=\"").append(error).append('"');
        }
        return challenge.toString();
    }

    /** Who brought something, and is asked again, is told so: else clients would bring it again and again. */
    private static String error(Unauthorized failure, RequestHead head) {
        boolean again = failure.why() == Unauthorized.Why.UNKNOWN && head.count("Authorization") > 0;
        return again ? Unauthorized.Why.TOO_NARROW.error() : failure.why().error();
    }

    private static String plain(String text) {
        return ReasonPhrase.plain(text).replace("\"", "").replace("\\", "");
    }
}
