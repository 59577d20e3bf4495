package io.entrepot.server.admin;

import io.entrepot.config.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The token that opens the admin API over TCP; kept as a hash, compared in constant time. */
final class AdminToken {

    private static final String SCHEME = "bearer ";

    private final byte[] hash;

    AdminToken(Secret token) {
        this.hash = hash(token.reveal());
    }

    /** True if this {@code Authorization} header carries the token. */
    boolean opens(String authorization) {
        return authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                && MessageDigest.isEqual(
                        hash, hash(authorization.substring(SCHEME.length()).strip()));
    }

    private static byte[] hash(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
