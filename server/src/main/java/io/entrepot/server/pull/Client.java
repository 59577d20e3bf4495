package io.entrepot.server.pull;

import java.net.InetAddress;

/** Where a request comes from, and what the software there calls itself. */
public record Client(InetAddress address, String userAgent, boolean isOperator) {

    /** Somebody on the data port. */
    public Client(InetAddress address, String userAgent) {
        this(address, userAgent, false);
    }

    /** The mirror itself, on behalf of whoever runs it. */
    static Client operator(String userAgent) {
        return new Client(InetAddress.getLoopbackAddress(), userAgent, true);
    }
}
