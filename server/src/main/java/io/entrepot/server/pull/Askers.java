package io.entrepot.server.pull;

import io.entrepot.server.access.Principal;
import io.entrepot.server.policy.Asker;
import java.net.InetAddress;
import java.util.Set;

/** A principal as rules see it. */
final class Askers {

    private static final Asker OPERATOR =
            new Asker(true, "operator", Set.of(), InetAddress.getLoopbackAddress(), "", "");

    private Askers() {}

    static Asker of(Principal principal) {
        return principal instanceof Principal.Peer peer ? Asker.at(peer.address()) : OPERATOR;
    }
}
