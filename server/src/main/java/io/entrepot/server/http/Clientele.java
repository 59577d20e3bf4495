package io.entrepot.server.http;

import io.entrepot.server.log.OncePerMinute;
import java.net.InetAddress;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is here, and how much of it: connections of each client that connects itself or is named by a PROXY header, requests
 * in flight of each that {@code X-Forwarded-For} names.
 */
final class Clientele {

    private static final Logger LOG = LoggerFactory.getLogger(Clientele.class);

    private final TrustedProxies proxies;
    private final Occupancy connections;
    private final Occupancy requests;
    private final DataStats stats;
    private final OncePerMinute greedy = new OncePerMinute(System::nanoTime);
    private final OncePerMinute badProxies = new OncePerMinute(System::nanoTime);

    Clientele(TrustedProxies proxies, int mostOfOne, DataStats stats) {
        this.proxies = proxies;
        this.connections = new Occupancy(mostOfOne);
        this.requests = new Occupancy(mostOfOne);
        this.stats = stats;
    }

    /** Where a connection from this address comes from. */
    Source source(InetAddress peer) {
        return new Source(this, peer);
    }

    TrustedProxies proxies() {
        return proxies;
    }

    Occupancy connections() {
        return connections;
    }

    Occupancy requests() {
        return requests;
    }

    /** One client has all that one may have; a whole fleet, if what stands before it is not known as a proxy. */
    void refused(InetAddress client) {
        stats.refusedOfClient.increment();
        OptionalLong leftOut = greedy.pass(client.getHostAddress());
        if (leftOut.isPresent()) {
            LOG.atWarn()
                    .addKeyValue("client", client.getHostAddress())
                    .addKeyValue("limit", "limits.connections-per-client")
                    .addKeyValue("leftOut", leftOut.getAsLong())
                    .log("a client has no more connections (a balancer belongs into listen.trusted-proxies)");
        }
    }

    /** A trusted proxy that is set up wrongly, or is none: an operator wants to know. */
    void malformed(InetAddress proxy, String why) {
        stats.badProxies.increment();
        OptionalLong leftOut = badProxies.pass(proxy.getHostAddress());
        if (leftOut.isPresent()) {
            LOG.atWarn()
                    .addKeyValue("proxy", proxy.getHostAddress())
                    .addKeyValue("reason", why)
                    .addKeyValue("leftOut", leftOut.getAsLong())
                    .log("a PROXY header cannot be read");
        }
    }
}
