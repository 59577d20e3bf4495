package io.entrepot.server.access;

import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.oci.RegistryException;
import io.entrepot.oci.Repository;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Who asks, and which upstreams and repositories are theirs. What our login can read at an upstream is not everybody's: an
 * upstream that names {@code clients} is for them alone, held or not.
 */
public final class Access {

    /** Who a client is; fails with a {@link RegistryException} if what it brings proves nothing. */
    public CompletableFuture<Principal> identify(Offer offer) {
        return CompletableFuture.completedFuture(new Principal.Peer(offer.address(), offer.peer()));
    }

    /** Why nothing of this upstream is for them; empty if it is. */
    public Optional<RegistryException> refusal(Principal principal, UpstreamConfig upstream) {
        if (upstream.clients().isEmpty() || principal.isIn(upstream.clients())) {
            return Optional.empty();
        }
        return Optional.of(new RegistryException.Denied(upstream.registry() + " is not for " + principal.shown()
                + ": it lies in none of the upstream's `clients`"));
    }

    /** Why nothing of this repository is for them: a 404 as for an absent name, or a challenge; empty if it is. */
    public Optional<RegistryException> refusal(Principal principal, Repository repository) {
        return Optional.empty();
    }

    /** The question who somebody is, if it can be put to them: for a refusal that an identity may turn. */
    public Optional<RegistryException> challenge(Principal principal, Repository repository, String message) {
        return Optional.empty();
    }
}
