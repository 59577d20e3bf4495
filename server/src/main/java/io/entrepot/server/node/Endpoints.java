package io.entrepot.server.node;

import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * Where nodes find the mirror, and whom they trust there.
 *
 * @param all the first is asked first, the others when it cannot be reached
 * @param ca a PEM certificate that the endpoints' certificates are signed by, if nodes do not trust it already
 */
public record Endpoints(List<URI> all, Optional<String> ca) {

    public Endpoints {
        all = List.copyOf(all);
        if (all.isEmpty()) {
            throw new IllegalArgumentException("endpoints: none (expected: at least one)");
        }
        if (new HashSet<>(all).size() < all.size()) {
            throw new IllegalArgumentException("endpoints: " + all + " (expected: each once)");
        }
        all.forEach(Endpoints::requireBare);
    }

    /** What stands between quotes in files is a scheme, a host and a port, so it cannot break them. */
    static void requireBare(URI endpoint) {
        boolean web = "https".equals(endpoint.getScheme()) || "http".equals(endpoint.getScheme());
        boolean bare = endpoint.toString().equals(endpoint.getScheme() + "://" + endpoint.getRawAuthority());
        if (!web || !bare || endpoint.getHost() == null || endpoint.getUserInfo() != null) {
            throw new IllegalArgumentException(
                    "endpoint: " + endpoint + " (expected: https://host[:port], or http:// on a trusted network)");
        }
    }

    /** The one that is asked last: where there is a server beside its mirrors, it is the server. */
    URI last() {
        return all.get(all.size() - 1);
    }

    List<URI> beforeLast() {
        return all.subList(0, all.size() - 1);
    }

    static boolean isPlain(URI endpoint) {
        return "http".equals(endpoint.getScheme());
    }
}
