package io.entrepot.oci;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/**
 * The name of content by its hash, as in {@code sha256:e3b0…}.
 *
 * <p>Only the registered algorithms {@code sha256} and {@code sha512} with lower-case hex are accepted
 * (image-spec, descriptor.md#digests), so that one content has one name and a digest is safe as a file name.
 */
public record Digest(Algorithm algorithm, String hex) {

    /** A registered hash algorithm. */
    public enum Algorithm {
        SHA256("SHA-256", 64),
        SHA512("SHA-512", 128);

        private final String jcaName;
        private final int length;
        private final String label = name().toLowerCase(Locale.ROOT);
        private final String expectation;

        Algorithm(String jcaName, int length) {
            this.jcaName = jcaName;
            this.length = length;
            this.expectation = label + ":[a-f0-9]{" + length + "}";
        }

        /** The name as it stands before the colon. */
        public String label() {
            return label;
        }

        private boolean isHex(String text) {
            if (text.length() != length) {
                return false;
            }
            for (int i = 0; i < length; i++) {
                char c = text.charAt(i);
                if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                    return false;
                }
            }
            return true;
        }

        /** A new hash state. */
        public MessageDigest newHash() {
            try {
                return MessageDigest.getInstance(jcaName);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static final Algorithm[] KNOWN = Algorithm.values();

    public Digest {
        if (!algorithm.isHex(hex)) {
            throw new IllegalArgumentException("digest: " + Excerpt.of(algorithm.label() + ":" + hex) + " (expected: "
                    + algorithm.expectation + ")");
        }
    }

    /** Parses {@code algorithm:hex}. @throws IllegalArgumentException if it is not a digest we accept */
    public static Digest parse(String text) {
        int colon = text.indexOf(':');
        if (colon > 0) {
            for (Algorithm algorithm : KNOWN) {
                if (colon == algorithm.label.length() && text.startsWith(algorithm.label)) {
                    return new Digest(algorithm, text.substring(colon + 1));
                }
            }
        }
        throw new IllegalArgumentException("digest: " + Excerpt.of(text) + " (expected: " + Algorithm.SHA256.expectation
                + " or " + Algorithm.SHA512.expectation + ")");
    }

    /** The SHA-256 digest of these bytes. */
    public static Digest of(byte[] bytes) {
        return of(Algorithm.SHA256, bytes);
    }

    /** The digest of these bytes. */
    public static Digest of(Algorithm algorithm, byte[] bytes) {
        return ofHash(algorithm, algorithm.newHash().digest(bytes));
    }

    /** The digest whose hash value this is. */
    public static Digest ofHash(Algorithm algorithm, byte[] hash) {
        return new Digest(algorithm, HexFormat.of().formatHex(hash));
    }

    /** True if these bytes hash to this digest. */
    public boolean matches(byte[] bytes) {
        return of(algorithm, bytes).equals(this);
    }

    /**
     * The tag under which a registry without the referrers API lists who refers to this: the algorithm cut to 32
     * characters, the hex to 64 (distribution-spec, "referrers tag schema").
     */
    public String referrersTag() {
        return algorithm.label() + "-" + hex.substring(0, Math.min(hex.length(), 64));
    }

    @Override
    public String toString() {
        return algorithm.label() + ":" + hex;
    }
}
