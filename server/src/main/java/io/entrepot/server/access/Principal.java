package io.entrepot.server.access;

import java.net.InetAddress;

/**
 * Who asks. So far everybody is known by the network address alone.
 *
 * @param peer where the connection comes from: the same address, or that of a trusted proxy
 */
public record Principal(InetAddress address, InetAddress peer) {

    /** Both addresses, if they are two: {@code 203.0.113.7 via 10.0.0.6}. */
    @Override
    public String toString() {
        String client = address.getHostAddress();
        return address.equals(peer) ? client : client + " via " + peer.getHostAddress();
    }
}
