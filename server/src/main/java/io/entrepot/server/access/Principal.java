package io.entrepot.server.access;

import io.entrepot.config.Network;
import java.net.InetAddress;
import java.util.List;

/** Who asks. As text, everything that is known of them, for records. */
public sealed interface Principal {

    /**
     * Somebody known by the network address alone.
     *
     * @param peer where the connection comes from: the same address, or that of a trusted proxy
     */
    record Peer(InetAddress address, InetAddress peer) implements Principal {

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
}
