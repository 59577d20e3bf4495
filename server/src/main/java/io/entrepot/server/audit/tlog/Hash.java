package io.entrepot.server.audit.tlog;

import java.util.Arrays;
import java.util.Base64;

/** A SHA-256 of the tree: of a leaf, of two nodes, or of the empty tree (RFC 6962, 2.1). */
public record Hash(long first, long second, long third, long fourth) {

    /** The length of a hash in bytes. */
    public static final int BYTES = 32;

    /** The root of a tree without leaves: the hash of nothing. */
    public static final Hash EMPTY = parse("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");

    /** The hash of a record as a leaf: SHA-256(0x00 ‖ record). */
    public static Hash leaf(byte[] record) {
        return Hasher.mine().leaf(record);
    }

    /** The hash of two neighbours: SHA-256(0x01 ‖ left ‖ right). */
    public static Hash node(Hash left, Hash right) {
        return Hasher.mine().node(left, right);
    }

    /** The hash that stands in these 32 bytes. */
    static Hash at(byte[] bytes, int offset) {
        return new Hash(
                Bytes.longAt(bytes, offset),
                Bytes.longAt(bytes, offset + 8),
                Bytes.longAt(bytes, offset + 16),
                Bytes.longAt(bytes, offset + 24));
    }

    /** From base64 as C2SP writes it; @throws IllegalArgumentException if it is not the one form of 32 bytes. */
    public static Hash parse(String base64) {
        byte[] bytes = Bytes.base64(base64);
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException(
                    "hash: " + bytes.length + " bytes of base64 (expected: " + BYTES + " bytes)");
        }
        return at(bytes, 0);
    }

    void into(byte[] bytes, int offset) {
        Bytes.putLong(bytes, offset, first);
        Bytes.putLong(bytes, offset + 8, second);
        Bytes.putLong(bytes, offset + 16, third);
        Bytes.putLong(bytes, offset + 24, fourth);
    }

    /** Its 32 bytes. */
    public byte[] bytes() {
        byte[] bytes = new byte[BYTES];
        into(bytes, 0);
        return bytes;
    }

    /** The root of this many hashes, one after another, as if they were leaves' hashes; a power of two, at most 256. */
    static Hash root(byte[] hashes, int offset, int count) {
        byte[] row = Arrays.copyOfRange(hashes, offset, offset + count * BYTES);
        Hasher hasher = Hasher.mine();
        for (int width = count; width > 1; width /= 2) {
            for (int i = 0; i < width / 2; i++) {
                hasher.node(row, i * 2 * BYTES, row, i * BYTES);
            }
        }
        return at(row, 0);
    }

    /** In base64. */
    @Override
    public String toString() {
        return Base64.getEncoder().encodeToString(bytes());
    }
}
