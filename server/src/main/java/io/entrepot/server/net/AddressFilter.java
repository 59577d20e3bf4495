package io.entrepot.server.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which addresses may be dialled. Decided on the resolved address when connecting, so that no name and no second look-up
 * gets round it (CVE-2026-33540 and its kin).
 *
 * <p>What is not known to be public or private is never dialled; an IPv6 address that carries an IPv4 one is judged as
 * both.
 */
final class AddressFilter {

    /** How far away an address is, as far as it matters here. */
    private enum Reach {
        PUBLIC,
        /** Loopback, and what organisations use inside. */
        PRIVATE,
        /** Link-local, metadata services, multicast, reserved, documentation: no registry is there. */
        NEVER
    }

    private static final Pattern LITERAL =
            Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    private static final List<AddressBlock> NEVER = AddressBlock.all(
            "0.0.0.0/8",
            "100.100.100.200/32", // Alibaba Cloud's metadata
            "168.63.129.16/32", // Azure's host agent
            "169.254.0.0/16",
            "192.0.0.0/24", // with Oracle Cloud's metadata
            "192.0.2.0/24",
            "192.88.99.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
            "fd00:ec2::/32", // Amazon's metadata, names and time
            "fd20:ce::254/128", // Google's metadata
            "2001:db8::/32",
            "3fff::/20");

    private static final List<AddressBlock> PRIVATE = AddressBlock.all(
            "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7");

    /** All of IPv4, and the global unicast addresses of IPv6 (RFC 4291, 2.4); the prefix that translates is judged by what it carries. */
    private static final List<AddressBlock> PUBLIC = AddressBlock.all("0.0.0.0/0", "2000::/3", "64:ff9b::/96");

    private final boolean internal;
    private final Set<InetAddress> only;

    /** @param internal private and loopback addresses may be dialled; the others that are not public never may */
    AddressFilter(boolean internal) {
        this(internal, Set.of());
    }

    private AddressFilter(boolean internal, Set<InetAddress> only) {
        this.internal = internal;
        this.only = only;
    }

    /** These literal addresses and no others, whatever they are. */
    static AddressFilter only(Set<String> addresses) {
        return new AddressFilter(
                true, addresses.stream().map(AddressFilter::literal).collect(Collectors.toUnmodifiableSet()));
    }

    /** A name is refused, since looking it up would block, and would let a name server choose. */
    private static InetAddress literal(String address) {
        try {
            if (LITERAL.matcher(address).matches()) {
                return InetAddress.getByName(address);
            }
        } catch (UnknownHostException e) {
            // not a literal either
        }
        throw new IllegalArgumentException("address: " + address + " (expected: a literal one)");
    }

    boolean allows(InetAddress address) {
        if (!only.isEmpty()) {
            return only.contains(address);
        }
        Reach reach = reach(address);
        return reach == Reach.PUBLIC || internal && reach == Reach.PRIVATE;
    }

    private static Reach reach(InetAddress address) {
        byte[] bytes = address.getAddress();
        byte[] carried = EmbeddedIpv4.of(bytes);
        return carried.length == 0 ? reach(bytes) : further(reach(bytes), reach(carried));
    }

    /** A private address in a public one is private; in one that is never dialled it does not matter. */
    private static Reach further(Reach one, Reach other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private static Reach reach(byte[] address) {
        if (isIn(NEVER, address)) {
            return Reach.NEVER;
        }
        if (isIn(PRIVATE, address)) {
            return Reach.PRIVATE;
        }
        return isIn(PUBLIC, address) ? Reach.PUBLIC : Reach.NEVER;
    }

    private static boolean isIn(List<AddressBlock> blocks, byte[] address) {
        return blocks.stream().anyMatch(block -> block.contains(address));
    }

    /**
     * The IPv4 address that a global IPv6 address carries, by each of the ways in which it can. (The JDK makes an IPv4
     * address of a mapped one; "compatible" and translated ones are not global, so they are never dialled.)
     */
    private static final class EmbeddedIpv4 {

        private static final AddressBlock SIX_TO_FOUR = AddressBlock.of("2002::/16");
        private static final AddressBlock TEREDO = AddressBlock.of("2001::/32");
        private static final AddressBlock NAT64 = AddressBlock.of("64:ff9b::/96");

        /** Empty if it carries none. */
        static byte[] of(byte[] address) {
            if (SIX_TO_FOUR.contains(address)) {
                return Arrays.copyOfRange(address, 2, 6);
            }
            if (TEREDO.contains(address)) {
                return inverted(Arrays.copyOfRange(address, 12, 16));
            }
            return NAT64.contains(address) || isIsatap(address) ? Arrays.copyOfRange(address, 12, 16) : new byte[0];
        }

        /** RFC 5214: any prefix, then 0000:5efe or 0200:5efe, then the address. */
        private static boolean isIsatap(byte[] address) {
            return address.length == 16
                    && (address[8] & ~2) == 0
                    && address[9] == 0
                    && address[10] == 0x5e
                    && address[11] == (byte) 0xfe;
        }

        private static byte[] inverted(byte[] bytes) {
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) ~bytes[i];
            }
            return bytes;
        }
    }
}
