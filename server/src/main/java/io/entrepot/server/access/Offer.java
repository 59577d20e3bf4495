package io.entrepot.server.access;

import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What a client brings to say who it is.
 *
 * @param address the client's, also where trusted proxies stand between
 * @param peer the connection's own: the nearest proxy's, or the client's if there is none
 * @param authorization the header of that name; empty: none was sent
 * @param node the credential of a node, from a header of its own; empty: none was sent
 * @param certificates of the client, its own first, verified by TLS; empty: it has none
 */
public record Offer(
        InetAddress address, InetAddress peer, String authorization, String node, List<X509Certificate> certificates) {

    public Offer {
        certificates = List.copyOf(certificates);
    }

    /** Nothing but an address. */
    public static Offer from(InetAddress address, InetAddress peer) {
        return new Offer(address, peer, "", "", List.of());
    }

    /** A header is a secret. */
    @Override
    public String toString() {
        return address.getHostAddress();
    }
}
