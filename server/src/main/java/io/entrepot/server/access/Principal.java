package io.entrepot.server.access;

import io.entrepot.config.Network;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Who asks. As text, everything that is known of them, for records. */
public sealed interface Principal {

    /**
     * Somebody known by the network address alone.
     *
     * @param peer where the connection comes from: the same address, or that of a trusted proxy
     * @param groups in which the configuration puts their network
     * @param declined whether they were asked who they are, and did not say it
     * @param brought what an upstream is to be asked with for them
     */
    record Peer(InetAddress address, InetAddress peer, Set<String> groups, boolean declined, Optional<Brought> brought)
            implements Principal {

        public Peer {
            groups = Set.copyOf(groups);
        }

        public Peer(InetAddress address, InetAddress peer, Set<String> groups) {
            this(address, peer, groups, false, Optional.empty());
        }

        public Peer(InetAddress address, InetAddress peer) {
            this(address, peer, Set.of());
        }

        /** The same, after they were asked who they are, and did not say it. */
        Peer asked(Optional<Brought> instead) {
            return new Peer(address, peer, groups, true, instead);
        }

        @Override
        public boolean isIn(List<Network> networks) {
            return networks.stream().anyMatch(network -> network.contains(address));
        }

        @Override
        public String shown() {
            return address.getHostAddress();
        }

        /** Both addresses, if they are two: {@code 203.0.113.7 via 10.0.0.6}. */
        @Override
        public String toString() {
            return address.equals(peer) ? shown() : shown() + " via " + peer.getHostAddress();
        }
    }

    /**
     * Somebody who proved who they are.
     *
     * @param groups that the proof names, and in which the configuration puts them
     * @param at where they are
     */
    record Known(Identity identity, Set<String> groups, Peer at, Grant grant) implements Principal {

        public Known {
            groups = Set.copyOf(groups);
        }

        @Override
        public boolean isIn(List<Network> networks) {
            return at.isIn(networks);
        }

        @Override
        public Optional<Brought> brought() {
            return at.brought();
        }

        @Override
        public String shown() {
            return identity.name();
        }

        /** {@code alice (basic) at 203.0.113.7 via 10.0.0.6}. */
        @Override
        public String toString() {
            return identity.name() + " (" + identity.proof().label() + ") at " + at;
        }
    }

    /** Whoever runs the mirror, through its admin port: everything is theirs. */
    record Operator() implements Principal {

        @Override
        public boolean isIn(List<Network> networks) {
            return true;
        }

        @Override
        public String shown() {
            return "operator";
        }

        @Override
        public String toString() {
            return shown();
        }
    }

    /** Whether they may do what these networks may. */
    boolean isIn(List<Network> networks);

    /** As they are called in an answer to themselves. */
    String shown();

    /** What an upstream is to be asked with for them, where it is asked with that. */
    default Optional<Brought> brought() {
        return Optional.empty();
    }
}
