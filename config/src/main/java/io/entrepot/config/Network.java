package io.entrepot.config;

import java.net.InetAddress;

/** A range of IP addresses in CIDR form, as in {@code 10.0.0.0/8}. */
public record Network(InetAddress address, int prefix) {

    /** Parses {@code address/prefix} or a single address; host names are refused, nothing is looked up. @throws IllegalArgumentException if it is neither */
    public static Network parse(String text) {
        throw new UnsupportedOperationException();
    }

    /** True if the address lies in this network; an IPv4 address embedded in IPv6 counts as the IPv4 address. */
    public boolean contains(InetAddress other) {
        throw new UnsupportedOperationException();
    }
}
