package io.entrepot.server.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Stream;

/** A range of addresses of one family, such as {@code 10.0.0.0/8} or {@code fc00::/7}. */
record AddressBlock(byte[] network, int prefix) {

    static List<AddressBlock> all(String... blocks) {
        return Stream.of(blocks).map(AddressBlock::of).toList();
    }

    /** @param block a literal address, a slash, the number of leading bits that count */
    static AddressBlock of(String block) {
        int slash = block.indexOf('/');
        try {
            byte[] network = InetAddress.getByName(block.substring(0, slash)).getAddress();
            return new AddressBlock(network, Integer.parseInt(block.substring(slash + 1)));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("block: " + block + " (expected: ADDRESS/BITS)");
        }
    }

    /** False for an address of the other family. */
    boolean contains(byte[] address) {
        if (address.length != network.length) {
            return false;
        }
        for (int bit = 0; bit < prefix; bit += 8) {
            int mask = 0xff00 >> Math.min(8, prefix - bit) & 0xff;
            if (((address[bit / 8] ^ network[bit / 8]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }
}
