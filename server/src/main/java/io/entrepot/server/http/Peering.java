package io.entrepot.server.http;

import io.entrepot.server.pull.Client;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a connection tells of who sends a request over it.
 *
 * @param client who sent it, also where trusted proxies stand between
 * @param peer the connection's other end
 * @param port of the connection's other end
 * @param certificates of the client, verified by TLS; empty: it has none
 */
record Peering(InetAddress client, InetAddress peer, int port, List<X509Certificate> certificates) {

    /** W3C Trace Context, 3.2: version, trace id, parent id, flags. */
    private static final Pattern TRACEPARENT = Pattern.compile("[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}.*");

    private static final String NO_TRACE = "0".repeat(32);

    Peering {
        certificates = List.copyOf(certificates);
    }

    /** With what the request itself says. */
    Client client(RequestHead head) {
        return new Client(
                client,
                peer,
                head.value("Authorization"),
                head.value("Entrepot-Node"),
                certificates,
                head.value("User-Agent"),
                port,
                trace(head.value("traceparent")),
                false);
    }

    private static String trace(String header) {
        if (header.isEmpty()) {
            return "";
        }
        var found = TRACEPARENT.matcher(header);
        return found.matches() && !found.group(1).equals(NO_TRACE) ? found.group(1) : "";
    }
}
