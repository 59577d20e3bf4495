package io.entrepot.server.access;

import io.entrepot.config.Network;
import java.net.InetAddress;
import java.util.List;

/** Who asks. */
public sealed interface Principal {

    /** Somebody known by the network address alone. */
    record Peer(InetAddress address) implements Principal {

        @Override
        public boolean isIn(List<Network> networks) {
            return networks.stream().anyMatch(network -> network.contains(address));
        }

        @Override
        public String toString() {
            return address.getHostAddress();
        }
    }

    /** Whoever runs the mirror, through its admin port: everything is theirs. */
    record Operator() implements Principal {

        @Override
        public boolean isIn(List<Network> networks) {
            return true;
        }

        @Override
        public String toString() {
            return "operator";
        }
    }

    /** Whether they may do what these networks may. */
    boolean isIn(List<Network> networks);
}
