package io.entrepot.server.pull;

import io.entrepot.config.RateLimits.Reserve;
import io.entrepot.oci.Repository;
import io.entrepot.server.access.Meant;
import io.entrepot.server.access.Principal;
import io.entrepot.server.upstream.Caller;
import io.entrepot.server.upstream.Payer;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HexFormat;

/** On whose behalf an upstream is asked for a pull, and whether that may cost what is kept in reserve. */
final class Payers {

    private static final int NETWORK_BYTES = 8;

    private Payers() {}

    /** A route on behalf of whoever asks, with what they brought. */
    static Route paid(Route route, Principal principal, Caller caller) {
        Reserve reserve = route.upstream().config().rateLimits().reserve();
        return route.onBehalfOf(of(principal, route.repository(), reserve), caller);
    }

    static Payer of(Principal principal, Repository repository, Reserve reserve) {
        return new Payer(
                name(principal), isChosen(principal, repository, reserve), principal instanceof Principal.Operator);
    }

    private static boolean isChosen(Principal principal, Repository repository, Reserve reserve) {
        if (reserve.share() == 0) {
            return false;
        }
        String name = repository.toString();
        return reserve.repositories().stream().anyMatch(glob -> glob.matches(name))
                || Meant.byAny(reserve.clients(), principal);
    }

    private static String name(Principal principal) {
        return principal instanceof Principal.Peer peer ? client(peer.address()) : principal.shown();
    }

    /** Whoever has an address of IPv6 has 2^64 of them. */
    private static String client(InetAddress address) {
        return address instanceof Inet6Address
                ? HexFormat.of().formatHex(address.getAddress(), 0, NETWORK_BYTES) + "::/64"
                : address.getHostAddress();
    }
}
