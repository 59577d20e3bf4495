package io.entrepot.server.access;

import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.oci.RegistryException;
import java.net.InetAddress;
import java.util.Optional;

/**
 * Who asks, and which upstreams are theirs. What our login can read at an upstream is not everybody's: an upstream that
 * names {@code clients} is for them alone, held or not.
 */
public final class Access {

    /** Who a client is, by its address and that of the connection. */
    public Principal identify(InetAddress address, InetAddress peer) {
        return new Principal.Peer(address, peer);
    }

    /** Why nothing of this upstream is for them; empty if it is. */
    public Optional<RegistryException> refusal(Principal principal, UpstreamConfig upstream) {
        if (upstream.clients().isEmpty() || principal.isIn(upstream.clients())) {
            return Optional.empty();
        }
        return Optional.of(new RegistryException.Denied(upstream.registry() + " is not for " + principal.shown()
                + ": it lies in none of the upstream's `clients`"));
    }
}
