package io.entrepot.server.http;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where one connection comes from, and the place that it takes among those of its client. A trusted proxy's own address has
 * any number of places: those behind it are many. On the connection's event loop only.
 */
final class Source implements ProxyDecoder.Told {

    private final Clientele clientele;
    private final InetAddress peer;
    private InetAddress address;
    private @Nullable InetAddress counted;

    Source(Clientele clientele, InetAddress peer) {
        this.clientele = clientele;
        this.peer = peer;
        this.address = peer;
    }

    /** The connection's own address. */
    InetAddress peer() {
        return peer;
    }

    /** Whether the connection comes from a trusted proxy. */
    boolean isProxy() {
        return clientele.proxies().trusts(peer);
    }

    /** Takes a place; false if the client has no more. */
    boolean enter() {
        if (clientele.proxies().trusts(address)) {
            return true;
        }
        if (!clientele.connections().enter(address)) {
            clientele.refused(address);
            return false;
        }
        counted = address;
        return true;
    }

    /** The connection is closed. */
    void leave() {
        if (counted != null) {
            clientele.connections().leave(counted);
            counted = null;
        }
    }

    @Override
    public boolean source(@Nullable InetAddress named) {
        if (named != null) {
            address = named;
        }
        return enter();
    }

    @Override
    public void malformed(String why) {
        clientele.malformed(peer, why);
    }

    /** Who sent a request over this connection. */
    InetAddress client(RequestHead head) {
        return clientele.proxies().client(head, address);
    }

    /** Whether proxies that are believed say that it came to them over TLS. */
    boolean isSecure(RequestHead head) {
        return clientele.proxies().isSecure(head, peer);
    }

    /** Takes a place among the requests of a client that is known by its request alone; false if it has no more. */
    boolean begin(InetAddress client) {
        if (isCounted(client) || clientele.requests().enter(client)) {
            return true;
        }
        clientele.refused(client);
        return false;
    }

    /** Gives it back. */
    void end(InetAddress client) {
        if (!isCounted(client)) {
            clientele.requests().leave(client);
        }
    }

    /** By its connections, of which each has one request in flight, or it is a proxy itself. */
    private boolean isCounted(InetAddress client) {
        return client.equals(address);
    }
}
