package io.entrepot.server.net;

import io.entrepot.config.Network;
import io.entrepot.server.net.NetException.Kind;
import java.util.Set;

/**
 * Which origins a proxy is asked for. It looks up names itself, so that their addresses are not ours to check: a literal
 * address is judged as any other, and for an upstream that is not internal no name is asked for that can only mean
 * something inside. What a public name means is the proxy's to guard.
 */
final class ProxiedNames {

    /** RFC 6761, RFC 6762, RFC 8375, what ICANN keeps for private use (cloud metadata is below that), and a cluster's services. */
    private static final Set<String> INSIDE = Set.of("localhost", "local", "home.arpa", "internal", "svc");

    private ProxiedNames() {}

    /** @throws NetException if a proxy must not be asked for it */
    static void require(Origin origin, boolean internal, AddressFilter filter) {
        String name = bare(origin);
        boolean allowed = isAddress(name) ? isAllowed(name, filter) : internal || !isInside(name);
        if (!allowed) {
            throw new NetException(
                    Kind.FORBIDDEN_ADDRESS,
                    origin.authority()
                            + " is nothing that a proxy may be asked for (expected: a public name or address,"
                            + " or an upstream that is internal)");
        }
    }

    /** Whether no name server outside, and no route from there, leads to it. */
    static boolean canOnlyBeInside(Origin origin) {
        String name = bare(origin);
        return isAddress(name) ? !isAllowed(name, new AddressFilter(false)) : isInside(name);
    }

    private static String bare(Origin origin) {
        String name = origin.name();
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    /** Whatever ends in a number is read as an address by somebody, as 127.1 or 0x7f.1. */
    private static boolean isAddress(String name) {
        String last = name.substring(name.lastIndexOf('.') + 1);
        return name.indexOf(':') >= 0 || last.isEmpty() || last.charAt(0) >= '0' && last.charAt(0) <= '9';
    }

    private static boolean isAllowed(String name, AddressFilter filter) {
        try {
            return filter.allows(Network.address(name));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isInside(String name) {
        return name.indexOf('.') < 0
                || INSIDE.stream().anyMatch(each -> name.equals(each) || name.endsWith("." + each));
    }
}
