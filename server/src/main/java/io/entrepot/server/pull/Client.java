package io.entrepot.server.pull;

import io.entrepot.server.access.Offer;
import java.net.InetAddress;

/**
 * Where a request comes from, what it brings to say who sent it, and what the software there calls itself.
 *
 * @param isOperator the mirror itself, on behalf of whoever runs it
 */
public record Client(Offer offer, String userAgent, boolean isOperator) {

    /** Somebody on the data port. */
    public Client(Offer offer, String userAgent) {
        this(offer, userAgent, false);
    }

    static Client operator(String userAgent) {
        InetAddress here = InetAddress.getLoopbackAddress();
        return new Client(Offer.from(here, here), userAgent, true);
    }
}
