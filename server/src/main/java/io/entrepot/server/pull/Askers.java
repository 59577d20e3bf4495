package io.entrepot.server.pull;

import io.entrepot.server.access.Identity;
import io.entrepot.server.access.Principal;
import io.entrepot.server.policy.Asker;
import java.net.InetAddress;
import java.util.Set;

/** A principal as rules see it. */
public final class Askers {

    private static final Asker OPERATOR =
            new Asker(true, "operator", Set.of(), InetAddress.getLoopbackAddress(), "", "");

    private Askers() {}

    public static Asker of(Principal principal) {
        if (principal instanceof Principal.Known known) {
            Identity who = known.identity();
            return new Asker(
                    false, who.name(), known.groups(), known.at().address(), who.namespace(), who.serviceAccount());
        }
        return principal instanceof Principal.Peer peer
                ? new Asker(false, "", peer.groups(), peer.address(), "", "")
                : OPERATOR;
    }
}
