package io.entrepot.server.audit.tlog;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * A public Ed25519 key by name, as C2SP signed-note writes it: {@code name+hex(id)+base64(type ‖ key)}. It is a log's (type 1,
 * signs the note's text) or a witness' (type 4, signs {@code cosignature/v1}, the time and the text).
 */
public final class VerifierKey {

    static final int LOG = 1;
    static final int WITNESS = 4;

    private static final int SIGNATURE = 64;

    private final String name;
    private final int id;
    private final int type;
    private final String text;
    private final byte[] key;

    private VerifierKey(String name, int type, byte[] raw) {
        Note.checkName(name);
        this.name = name;
        this.type = type;
        this.id = id(name, type, raw);
        this.key = raw.clone();
        if (!Ed25519.validatePublicKeyFull(raw, 0)) {
            throw new IllegalArgumentException("verifier key: no point of the curve");
        }
        byte[] typed =
                ByteBuffer.allocate(1 + raw.length).put((byte) type).put(raw).array();
        this.text = name + "+" + HexFormat.of().toHexDigits(id) + "+"
                + Base64.getEncoder().encodeToString(typed);
    }

    /** The key of a log or of a witness, from its 32 bytes. */
    static VerifierKey of(String name, int type, byte[] raw) {
        return new VerifierKey(name, type, raw);
    }

    /** From its text; @throws IllegalArgumentException if it is none, or of a kind that is not read here. */
    public static VerifierKey parse(String text) {
        String[] parts = text.split("\\+", 3);
        if (parts.length != 3) {
            throw new IllegalArgumentException("verifier key: " + Bytes.shown(text) + " (expected: name+id+base64)");
        }
        byte[] typed = Bytes.base64(parts[2]);
        if (typed.length != 1 + Hash.BYTES || (typed[0] != LOG && typed[0] != WITNESS)) {
            throw new IllegalArgumentException("verifier key: " + Bytes.shown(text)
                    + " (expected: an Ed25519 key of a log, type 1, or of a witness, type 4)");
        }
        VerifierKey key = new VerifierKey(parts[0], typed[0], Arrays.copyOfRange(typed, 1, typed.length));
        if (!key.text.equals(text)) {
            throw new IllegalArgumentException("verifier key: " + Bytes.shown(text) + " (expected: " + key.text + ")");
        }
        return key;
    }

    private static int id(String name, int type, byte[] raw) {
        MessageDigest digest = Hasher.sha256();
        digest.update(name.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) '\n');
        digest.update((byte) type);
        return ByteBuffer.wrap(digest.digest(raw)).getInt();
    }

    public String name() {
        return name;
    }

    int id() {
        return id;
    }

    boolean isWitness() {
        return type == WITNESS;
    }

    /** Whether a signature says that it is by this key. */
    boolean made(Note.Signature signature) {
        return signature.keyId() == id && signature.name().equals(name);
    }

    /** When it was signed, if it is a witness that signed. */
    Optional<Instant> check(String note, Note.Signature signature) throws BadSignature {
        ByteBuffer bytes = ByteBuffer.wrap(signature.signature());
        if (bytes.remaining() != (isWitness() ? Long.BYTES : 0) + SIGNATURE) {
            throw bad(bytes.remaining() + " bytes");
        }
        if (!isWitness()) {
            verify(note, bytes.array());
            return Optional.empty();
        }
        long time = bytes.getLong();
        byte[] rest = new byte[SIGNATURE];
        bytes.get(rest);
        verify(cosigned(time, note), rest);
        return Optional.of(instant(time));
    }

    /** What a witness signs (C2SP tlog-cosignature, v1). */
    static String cosigned(long time, String note) {
        return "cosignature/v1\ntime " + Long.toUnsignedString(time) + "\n" + note;
    }

    private Instant instant(long time) throws BadSignature {
        if (time < 0 || time > Instant.MAX.getEpochSecond()) {
            throw bad("time " + Long.toUnsignedString(time));
        }
        return Instant.ofEpochSecond(time);
    }

    /** Not by the JDK, which takes five times as long: a log has many checkpoints. */
    private void verify(String message, byte[] signed) throws BadSignature {
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        if (!Ed25519.verify(signed, 0, key, 0, bytes, 0, bytes.length)) {
            throw bad("over another text, or by another key");
        }
    }

    private BadSignature bad(String why) {
        return new BadSignature(
                "the signature by " + name + "+" + HexFormat.of().toHexDigits(id) + " does not hold: " + why);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof VerifierKey that && that.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
