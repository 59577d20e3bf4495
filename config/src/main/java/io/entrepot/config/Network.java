package io.entrepot.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A range of IP addresses in CIDR form, as in {@code 10.0.0.0/8}. */
public record Network(InetAddress address, int prefix) {

    private static final Pattern IPV4 = Pattern.compile("([0-9]{1,3})\\.([0-9]{1,3})\\.([0-9]{1,3})\\.([0-9]{1,3})");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:][0-9a-fA-F:.]{0,44}");

    public Network {
        if (prefix < 0 || prefix > address.getAddress().length * 8) {
            throw new IllegalArgumentException(address.getHostAddress() + "/" + prefix
                    + " (expected: a prefix from 0 to " + address.getAddress().length * 8 + ")");
        }
        if (!Arrays.equals(masked(address.getAddress(), prefix), address.getAddress())) {
            throw new IllegalArgumentException(address.getHostAddress() + "/" + prefix
                    + " (expected: no bits behind the prefix; the network is " + first(address, prefix) + "/" + prefix
                    + ")");
        }
    }

    /**
     * Parses {@code address/prefix} or a single address; host names are refused, nothing is looked up.
     *
     * @throws IllegalArgumentException if it is neither, or if bits are set behind the prefix
     */
    public static Network parse(String text) {
        int slash = text.indexOf('/');
        InetAddress address = address(slash < 0 ? text : text.substring(0, slash));
        String digits = text.substring(slash + 1);
        if (slash >= 0 && !digits.matches("[0-9]{1,3}")) {
            throw invalid(text);
        }
        return new Network(address, slash < 0 ? address.getAddress().length * 8 : Integer.parseInt(digits));
    }

    /** An address in digits; nothing is looked up. @throws IllegalArgumentException if it is not */
    public static InetAddress address(String text) {
        try {
            Matcher quad = IPV4.matcher(text);
            if (quad.matches()) {
                return InetAddress.getByAddress(bytes(quad));
            }
            // What begins like an IPv6 address and has a colon is never looked up by the JDK.
            if (text.indexOf(':') >= 0 && IPV6.matcher(text).matches()) {
                return InetAddress.getByName(text);
            }
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(invalid(text).getMessage(), e);
        }
        throw invalid(text);
    }

    private static byte[] bytes(Matcher quad) {
        byte[] bytes = new byte[4];
        for (int i = 0; i < bytes.length; i++) {
            int part = Integer.parseInt(quad.group(i + 1));
            // A leading zero means octal to some readers.
            if (part > 255 || !quad.group(i + 1).equals(Integer.toString(part))) {
                throw invalid(quad.group());
            }
            bytes[i] = (byte) part;
        }
        return bytes;
    }

    private static IllegalArgumentException invalid(String text) {
        return new IllegalArgumentException(text + " (expected: a network, as in 10.0.0.0/8 or fd00::/8)");
    }

    /** The network of this size in which an address lies. */
    public static Network around(InetAddress address, int prefix) {
        byte[] bytes = unmapped(address.getAddress());
        try {
            return new Network(InetAddress.getByAddress(masked(bytes, prefix)), prefix);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /** True if the address lies in this network; an IPv4 address mapped into IPv6 counts as the IPv4 address. */
    public boolean contains(InetAddress other) {
        byte[] bytes = unmapped(other.getAddress());
        byte[] own = address.getAddress();
        return bytes.length == own.length && Arrays.equals(masked(bytes, prefix), own);
    }

    /** Only {@code ::ffff:0:0/96}: what else carries an IPv4 address in IPv6 can be forged from outside. */
    private static byte[] unmapped(byte[] bytes) {
        boolean mapped = bytes.length == 16 && bytes[10] == -1 && bytes[11] == -1;
        for (int i = 0; mapped && i < 10; i++) {
            mapped = bytes[i] == 0;
        }
        return mapped ? Arrays.copyOfRange(bytes, 12, 16) : bytes;
    }

    private static byte[] masked(byte[] bytes, int prefix) {
        byte[] masked = bytes.clone();
        for (int bit = prefix; bit < masked.length * 8; bit++) {
            masked[bit / 8] &= (byte) ~(0x80 >> (bit % 8));
        }
        return masked;
    }

    private static String first(InetAddress address, int prefix) {
        try {
            return InetAddress.getByAddress(masked(address.getAddress(), prefix))
                    .getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return address.getHostAddress() + "/" + prefix;
    }
}
