package io.entrepot.server.net;

import io.entrepot.server.net.NetException.Kind;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The addresses of an origin that are dialled, in this order. */
final class Candidates {

    /** No registry has more; the rest of a long list would only keep a dead one alive. */
    private static final int MOST = 16;

    private Candidates() {}

    /** Those that may be dialled, families in turn (RFC 8305, 4). @throws NetException if there are none */
    static List<InetAddress> of(List<InetAddress> found, AddressFilter filter, Origin origin) {
        List<InetAddress> allowed = found.stream().filter(filter::allows).toList();
        if (allowed.isEmpty()) {
            throw new NetException(
                    Kind.FORBIDDEN_ADDRESS,
                    origin.authority() + " has no address that this upstream may have (expected: a public one,"
                            + " or a private one of an upstream that is internal)");
        }
        return inTurn(allowed);
    }

    /** The addresses of a proxy, which may be anywhere: the operator has named it. */
    static List<InetAddress> inTurn(List<InetAddress> allowed) {
        boolean sixFirst = allowed.get(0) instanceof Inet6Address;
        Map<Boolean, List<InetAddress>> families = allowed.stream()
                .collect(Collectors.partitioningBy(address -> address instanceof Inet6Address == sixFirst));
        return interleaved(
                families.getOrDefault(true, List.of()).iterator(),
                families.getOrDefault(false, List.of()).iterator());
    }

    private static List<InetAddress> interleaved(Iterator<InetAddress> first, Iterator<InetAddress> second) {
        List<InetAddress> all = new ArrayList<>();
        while ((first.hasNext() || second.hasNext()) && all.size() < MOST) {
            if (first.hasNext()) {
                all.add(first.next());
            }
            if (second.hasNext()) {
                all.add(second.next());
            }
        }
        return all;
    }
}
