package io.entrepot.server.access;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-256-GCM with a key that was made when the mirror started and that nobody else ever sees: what is sealed can be read by
 * this process alone, and not be changed by anybody. The nonce is a counter, which that key alone sees (NIST SP 800-38D,
 * 8.2.1).
 */
final class Seal {

    private static final int NONCE = 12;
    private static final int TAG_BITS = 128;

    private final SecretKeySpec key;
    private final AtomicLong sealed = new AtomicLong();

    Seal() {
        byte[] bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        this.key = new SecretKeySpec(bytes, "AES");
    }

    /** @param purpose what cannot be opened for another */
    byte[] close(String purpose, byte[] text) {
        byte[] nonce = ByteBuffer.allocate(NONCE)
                .putInt(0)
                .putLong(sealed.incrementAndGet())
                .array();
        try {
            byte[] unreadable = cipher(Cipher.ENCRYPT_MODE, purpose, nonce).doFinal(text);
            byte[] all = Arrays.copyOf(nonce, NONCE + unreadable.length);
            System.arraycopy(unreadable, 0, all, NONCE, unreadable.length);
            return all;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What was sealed; empty if it was not sealed here, or for another purpose, or was changed since. */
    Optional<byte[]> open(String purpose, byte[] all) {
        if (all.length < NONCE + TAG_BITS / Byte.SIZE) {
            return Optional.empty();
        }
        try {
            return Optional.of(cipher(Cipher.DECRYPT_MODE, purpose, all).doFinal(all, NONCE, all.length - NONCE));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    /** @param nonce that begins with it */
    private Cipher cipher(int mode, String purpose, byte[] nonce) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce, 0, NONCE));
        cipher.updateAAD(purpose.getBytes(StandardCharsets.US_ASCII));
        return cipher;
    }
}
