package io.entrepot.server.net;

import io.entrepot.server.net.NetException.Kind;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which redirects of one call are followed, and with which headers. Messages name origins, never paths or queries. */
final class Redirects {

    private static final int MOST = 5;
    private static final Set<Integer> STATUSES = Set.of(301, 302, 303, 307, 308);
    private static final Set<String> SECRETS = Set.of("authorization", "cookie", "proxy-authorization");

    private final Egress egress;
    private final Origin first;
    private final Set<URI> seen = new HashSet<>();

    Redirects(HttpCall call, Origin first, Egress egress) {
        this.egress = egress;
        this.first = first;
        seen.add(call.uri());
    }

    /** The call that an answer sends us to; empty if it is final. @throws NetException if we must not go there */
    Optional<HttpCall> after(HttpCall call, int status, Optional<String> location) {
        if (!STATUSES.contains(status) || location.isEmpty() || call.method().hasBody()) {
            return Optional.empty();
        }
        Origin from = Origin.of(call.uri());
        URI target = target(call.uri(), location.get(), from);
        Origin to = origin(target, from);
        require(isAllowed(to), from, "to " + to + ", which this upstream may not redirect to");
        require(seen.add(target), from, "in a loop");
        require(seen.size() <= MOST + 1, from, "more than " + MOST + " times");
        return Optional.of(new HttpCall(call.method(), target, headers(call, from, to), call.body()));
    }

    private static URI target(URI from, String location, Origin origin) {
        try {
            // a bare query would lose the last segment of the path: java.net.URI resolves as RFC 2396 had it
            String whole = location.startsWith("?") ? from.getRawPath() + location : location;
            URI target = from.resolve(new URI(whole));
            String text = target.toString();
            int fragment = text.indexOf('#');
            return fragment < 0 ? target : new URI(text.substring(0, fragment));
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw refused(origin, "to something that is no address");
        }
    }

    private static Origin origin(URI target, Origin from) {
        try {
            return Origin.of(target);
        } catch (IllegalArgumentException e) {
            throw refused(from, "to something that is not followed: " + e.getMessage());
        }
    }

    /** Any https host, if its address is public; for an internal upstream its own host and those it lists. */
    private boolean isAllowed(Origin to) {
        if (!egress.internal()) {
            return to.secure();
        }
        boolean own = to.host().equals(first.host()) && (to.port() == first.port() || to.secure());
        return own || isListed(to.host()) || isListed(to.host() + ":" + to.port());
    }

    private boolean isListed(String host) {
        return egress.redirectHosts().stream().anyMatch(host::equalsIgnoreCase);
    }

    private static Map<String, String> headers(HttpCall call, Origin from, Origin to) {
        Map<String, String> headers = new HashMap<>(call.headers());
        if (!from.equals(to)) {
            headers.keySet().removeIf(name -> SECRETS.contains(name.toLowerCase(Locale.ROOT)));
        }
        return headers;
    }

    private static void require(boolean allowed, Origin from, String where) {
        if (!allowed) {
            throw refused(from, where);
        }
    }

    private static NetException refused(Origin from, String where) {
        return new NetException(Kind.FORBIDDEN_REDIRECT, from.authority() + " redirects " + where);
    }
}
