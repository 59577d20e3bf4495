package io.entrepot.server.http;

import io.entrepot.config.Network;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * The proxies that are believed, and who a request is from behind them.
 *
 * <p>Each proxy adds to {@code X-Forwarded-For} at the right where its connection came from:
 *
 * <pre>
 *   X-Forwarded-For: 203.0.113.7, 10.0.0.5      on a connection from 10.0.0.6, both 10.0.0.x trusted: 203.0.113.7
 * </pre>
 *
 * What stands left of the first address that is not trusted was written by whoever is there, and is not read.
 */
public record TrustedProxies(List<Network> networks) {

    /** Believes nobody. */
    public static final TrustedProxies NONE = new TrustedProxies(List.of());

    /** No chain of proxies is longer; what is longer is read so far. */
    private static final int MOST_HOPS = 32;

    public TrustedProxies {
        networks = List.copyOf(networks);
    }

    boolean trusts(InetAddress address) {
        return networks.stream().anyMatch(network -> network.contains(address));
    }

    /** Who sent the request, as far as those on its way are believed. */
    InetAddress client(RequestHead head, InetAddress source) {
        if (networks.isEmpty() || !trusts(source)) {
            return source;
        }
        InetAddress client = source;
        String hops = head.all("X-Forwarded-For");
        int end = hops.length();
        for (int hop = 0; hop < MOST_HOPS && end > 0 && trusts(client); hop++) {
            int comma = hops.lastIndexOf(',', end - 1);
            Optional<InetAddress> before =
                    address(hops.substring(comma + 1, end).strip());
            if (before.isEmpty()) {
                return client;
            }
            client = before.get();
            end = comma;
        }
        return client;
    }

    /** Whether the client of the outermost proxy that is believed speaks TLS with it ({@code X-Forwarded-Proto}). */
    boolean isSecure(RequestHead head, InetAddress source) {
        if (networks.isEmpty() || !trusts(source)) {
            return false;
        }
        String protocols = head.all("X-Forwarded-Proto");
        int comma = protocols.indexOf(',');
        return (comma < 0 ? protocols : protocols.substring(0, comma)).strip().equalsIgnoreCase("https");
    }

    /** {@code 192.0.2.1}, {@code 192.0.2.1:443}, {@code 2001:db8::1}, {@code [2001:db8::1]} or {@code [2001:db8::1]:443}. */
    private static Optional<InetAddress> address(String text) {
        int colon = text.lastIndexOf(':');
        boolean bracketed = text.startsWith("[");
        boolean port = colon >= 0 && (bracketed ? text.charAt(colon - 1) == ']' : text.indexOf(':') == colon);
        if (port && !text.substring(colon + 1).matches("[0-9]{1,5}")) {
            return Optional.empty();
        }
        String host = port ? text.substring(0, colon) : text;
        if (bracketed && !host.endsWith("]")) {
            return Optional.empty();
        }
        try {
            return Optional.of(Network.address(bracketed ? host.substring(1, host.length() - 1) : host));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
