package io.entrepot.server.audit.tlog;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 of one thread, with its buffers: a log hashes each record once and each node once. */
final class Hasher {

    private static final ThreadLocal<Hasher> MINE = ThreadLocal.withInitial(Hasher::new);
    private static final byte LEAF = 0;
    private static final byte NODE = 1;

    private final MessageDigest digest = sha256();
    private final byte[] pair = new byte[1 + 2 * Hash.BYTES];
    private final byte[] result = new byte[Hash.BYTES];

    private Hasher() {
        pair[0] = NODE;
    }

    /** That of the calling thread; not to be handed to another. */
    static Hasher mine() {
        return MINE.get();
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    Hash leaf(byte[] record) {
        return leaf(record, 0, record.length);
    }

    Hash leaf(byte[] bytes, int offset, int length) {
        digest.update(LEAF);
        digest.update(bytes, offset, length);
        return finish(result, 0);
    }

    Hash node(Hash left, Hash right) {
        left.into(pair, 1);
        right.into(pair, 1 + Hash.BYTES);
        digest.update(pair);
        return finish(result, 0);
    }

    /** Hashes the two that stand at {@code from} into {@code to}. */
    void node(byte[] source, int from, byte[] target, int to) {
        digest.update(NODE);
        digest.update(source, from, 2 * Hash.BYTES);
        end(target, to);
    }

    private Hash finish(byte[] target, int to) {
        end(target, to);
        return Hash.at(target, to);
    }

    private void end(byte[] target, int to) {
        try {
            digest.digest(target, to, Hash.BYTES);
        } catch (DigestException e) {
            throw new IllegalStateException(e);
        }
    }
}
