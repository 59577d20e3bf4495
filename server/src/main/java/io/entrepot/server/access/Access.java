package io.entrepot.server.access;

import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.config.Network;
import io.entrepot.oci.Registry;
import io.entrepot.oci.RegistryException;
import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Who asks, and which upstreams are theirs. What our login can read at an upstream is not everybody's: an upstream that
 * names {@code clients} is for them alone, held or not.
 */
public final class Access {

    private final Map<Registry, List<Network>> clients;

    public Access(Collection<UpstreamConfig> upstreams) {
        this.clients = upstreams.stream()
                .filter(upstream -> !upstream.clients().isEmpty())
                .collect(Collectors.toUnmodifiableMap(UpstreamConfig::registry, UpstreamConfig::clients));
    }

    /** Who a client is, by its address and that of the connection. */
    public Principal identify(InetAddress address, InetAddress peer) {
        return new Principal(address, peer);
    }

    /** Why nothing of this upstream is for them; empty if it is. */
    public Optional<RegistryException> refusal(Principal principal, Registry registry) {
        List<Network> networks = clients.getOrDefault(registry, List.of());
        if (networks.isEmpty() || networks.stream().anyMatch(network -> network.contains(principal.address()))) {
            return Optional.empty();
        }
        return Optional.of(new RegistryException.Denied(registry + " is not for "
                + principal.address().getHostAddress() + ": it lies in none of the upstream's `clients`"));
    }
}
