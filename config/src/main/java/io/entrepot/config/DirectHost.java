package io.entrepot.config;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A host that is connected to without a proxy, as {@code NO_PROXY} has it: {@code corp.example} and what is under it,
 * {@code .corp.example} or {@code *.corp.example} only what is under it, an address, a network ({@code 10.0.0.0/8}), each of
 * them but a network with a port ({@code corp.example:5000}), or {@code *}.
 *
 * @param name without a leading dot; empty where it is a network
 * @param under only names under that one
 * @param port 0: any
 */
public record DirectHost(String name, boolean under, Optional<Network> network, int port) {

    private static final Pattern NAME =
            Pattern.compile("(\\*?\\.)?([A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+)*)(?::([0-9]{1,5}))?");
    private static final Pattern IPV6 = Pattern.compile("\\[([0-9a-fA-F:.]+)](?::([0-9]{1,5}))?");
    private static final Pattern IPV4 = Pattern.compile("([0-9.]+)(?::([0-9]{1,5}))?");
    private static final String EVERY = "*";

    /** Reads one. @throws IllegalArgumentException if it is none of these */
    public static DirectHost parse(String text) {
        if (text.equals(EVERY)) {
            return new DirectHost(EVERY, false, Optional.empty(), 0);
        }
        Matcher address = IPV4.matcher(text);
        Matcher bracketed = IPV6.matcher(text);
        if (address.matches()) {
            return network(text, address.group(1), address.group(2));
        }
        if (bracketed.matches()) {
            return network(text, bracketed.group(1), bracketed.group(2));
        }
        if (text.indexOf('/') >= 0 || text.indexOf(':') != text.lastIndexOf(':')) {
            return network(text, text, null);
        }
        Matcher name = NAME.matcher(text);
        if (!name.matches()) {
            throw invalid(text);
        }
        return new DirectHost(
                name.group(2).toLowerCase(Locale.ROOT),
                name.group(1) != null,
                Optional.empty(),
                port(text, name.group(3)));
    }

    private static DirectHost network(String text, String network, @Nullable String port) {
        try {
            return new DirectHost("", false, Optional.of(Network.parse(network)), port(text, port));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(invalid(text).getMessage(), e);
        }
    }

    private static int port(String text, @Nullable String digits) {
        int port = digits == null ? 0 : Integer.parseInt(digits);
        if (port > 65_535 || digits != null && port == 0) {
            throw invalid(text);
        }
        return port;
    }

    private static IllegalArgumentException invalid(String text) {
        return new IllegalArgumentException(
                text + " (expected: a host, .domain, an address, a network as in 10.0.0.0/8, or *)");
    }

    /** Whether this host is meant; nothing is looked up. */
    boolean matches(String host, int toPort) {
        if (name.equals(EVERY)) {
            return true;
        }
        if (port != 0 && port != toPort) {
            return false;
        }
        return network.map(range -> contains(range, host)).orElseGet(() -> isNamed(host.toLowerCase(Locale.ROOT)));
    }

    private boolean isNamed(String host) {
        return host.endsWith("." + name) || (!under && host.equals(name));
    }

    private static boolean contains(Network range, String host) {
        try {
            InetAddress address = Network.address(host);
            return range.contains(address);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
