package io.entrepot.server.audit.tlog;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * A private Ed25519 key that signs notes. Its secret text is that of Go's note package:
 * {@code PRIVATE+KEY+name+hex(id)+base64(type ‖ seed)}.
 */
public final class NoteKey {

    private static final String SECRET = "PRIVATE+KEY+";

    /** What stands before the 32 bytes of a seed in the JDK's encoding (RFC 8410). */
    private static final byte[] PKCS8 = HexFormat.of().parseHex("302e020100300506032b657004220420");

    private final VerifierKey verifier;
    private final PrivateKey key;
    private final byte[] seed;

    private NoteKey(String name, int type, byte[] seed) {
        try {
            this.seed = seed.clone();
            this.key = KeyFactory.getInstance("Ed25519")
                    .generatePrivate(new PKCS8EncodedKeySpec(ByteBuffer.allocate(PKCS8.length + seed.length)
                            .put(PKCS8)
                            .put(seed)
                            .array()));
            this.verifier = VerifierKey.of(name, type, publicKey(seed));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("signing key: " + e.getMessage(), e);
        }
    }

    private static byte[] publicKey(byte[] seed) {
        byte[] key = new byte[Hash.BYTES];
        Ed25519.generatePublicKey(seed, 0, key, 0);
        return key;
    }

    /** A new key of a log. */
    public static NoteKey generate(String name) {
        return generate(name, VerifierKey.LOG);
    }

    static NoteKey generate(String name, int type) {
        byte[] seed = new byte[Hash.BYTES];
        new SecureRandom().nextBytes(seed);
        return new NoteKey(name, type, seed);
    }

    /** From its secret text; @throws IllegalArgumentException, which does not repeat it. */
    public static NoteKey parse(String secret) {
        String[] parts = secret.split("\\+", 5);
        byte[] typed = parts.length == 5 && secret.startsWith(SECRET) ? Bytes.base64(parts[4]) : new byte[0];
        if (typed.length != 1 + Hash.BYTES || (typed[0] != VerifierKey.LOG && typed[0] != VerifierKey.WITNESS)) {
            throw new IllegalArgumentException("signing key: no key (expected: " + SECRET + "name+id+base64)");
        }
        NoteKey key = new NoteKey(parts[2], typed[0], Arrays.copyOfRange(typed, 1, typed.length));
        if (!key.secret().equals(secret)) {
            throw new IllegalArgumentException("signing key: its id is not that of its name and key");
        }
        return key;
    }

    public VerifierKey verifier() {
        return verifier;
    }

    /** Signs a note's text. */
    public Note.Signature sign(String text) {
        return Note.Signature.of(verifier.name(), verifier.id(), signature(text));
    }

    /** Signs as a witness does, with the time in seconds (C2SP tlog-cosignature). */
    Note.Signature cosign(String text, long time) {
        byte[] signature = signature(VerifierKey.cosigned(time, text));
        byte[] timed = ByteBuffer.allocate(Long.BYTES + signature.length)
                .putLong(time)
                .put(signature)
                .array();
        return Note.Signature.of(verifier.name(), verifier.id(), timed);
    }

    private byte[] signature(String text) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(key);
            signature.update(text.getBytes(StandardCharsets.UTF_8));
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What is kept secret. */
    String secret() {
        byte[] typed = ByteBuffer.allocate(1 + seed.length)
                .put((byte) (verifier.isWitness() ? VerifierKey.WITNESS : VerifierKey.LOG))
                .put(seed)
                .array();
        return SECRET + verifier.name() + "+" + HexFormat.of().toHexDigits(verifier.id()) + "+"
                + Base64.getEncoder().encodeToString(typed);
    }

    /** Nothing of the secret. */
    @Override
    public String toString() {
        return verifier.toString();
    }
}
