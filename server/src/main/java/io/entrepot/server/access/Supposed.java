package io.entrepot.server.access;

import io.entrepot.config.AccessConfig;
import io.entrepot.server.access.Principal.Known;
import io.entrepot.server.access.Principal.Peer;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** Somebody who is supposed to ask, for questions what rules would say of them. Nobody proves anything here. */
public final class Supposed {

    private Supposed() {}

    /** The rights of a configuration, without the means to prove who one is. */
    public static Access access(AccessConfig config) {
        return new Access(null, new Rights(config.rights()), Duration.ZERO, false);
    }

    /**
     * Somebody at an address, in the groups in which the configuration puts them, too.
     *
     * @param user empty: nobody knows who they are
     * @throws IllegalArgumentException if a name cannot be one
     */
    public static Principal principal(
            AccessConfig config,
            String user,
            Set<String> groups,
            String namespace,
            String serviceAccount,
            InetAddress address) {
        Groups configured = new Groups(config.groups());
        Peer peer = new Peer(address, address, configured.at(address)).asked(Optional.empty());
        if (user.isEmpty()) {
            return peer;
        }
        try {
            Proof proof = user.startsWith(Identity.NODE) ? Proof.NODE : Proof.JWT;
            Identity identity = new Identity(user, proof, groups, namespace, serviceAccount);
            return new Known(identity, configured.of(identity, address), peer, Grant.EVERYTHING);
        } catch (NotProven e) {
            throw new IllegalArgumentException(e.getMessage());
        }
    }
}
