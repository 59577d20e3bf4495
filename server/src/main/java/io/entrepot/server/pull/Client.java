package io.entrepot.server.pull;

import java.net.InetAddress;

/**
 * Where a request comes from, and what the software there calls itself.
 *
 * @param address the client's, also where trusted proxies stand between
 * @param peer the connection's own: the nearest proxy's, or the client's if there is none
 * @param isOperator the mirror itself, on behalf of whoever runs it
 */
public record Client(InetAddress address, InetAddress peer, String userAgent, boolean isOperator) {

    /** Somebody on the data port. */
    public Client(InetAddress address, InetAddress peer, String userAgent) {
        this(address, peer, userAgent, false);
    }

    static Client operator(String userAgent) {
        InetAddress here = InetAddress.getLoopbackAddress();
        return new Client(here, here, userAgent, true);
    }
}
