package io.entrepot.server.audit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.function.UnaryOperator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Stands in for names in records: {@code p:} and the head of their HMAC-SHA256 under a key of the operator's, so that one of
 * them is one name, and nobody without the key can tell whose.
 */
public final class Pseudonyms {

    public static final String PREFIX = "p:";

    private static final String ALGORITHM = "HmacSHA256";
    private static final int BYTES = 10;
    private static final int MOST = 10_000;

    /** Names as they are. */
    public static final Pseudonyms NONE = new Pseudonyms(name -> name);

    private final UnaryOperator<String> shown;

    private Pseudonyms(UnaryOperator<String> shown) {
        this.shown = shown;
    }

    /** Of people, under this key. */
    public static Pseudonyms under(String key) {
        return under(key, "");
    }

    /** Of addresses, under this key: one that is somebody's name has another. */
    public static Pseudonyms ofAddresses(String key) {
        return under(key, "address ");
    }

    private static Pseudonyms under(String key, String before) {
        SecretKeySpec secret = new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), ALGORITHM);
        Cache<String, String> known = Caffeine.newBuilder().maximumSize(MOST).build();
        return new Pseudonyms(name -> known.get(name, any -> PREFIX + hashed(secret, before + any)));
    }

    private static String hashed(SecretKeySpec secret, String name) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(secret);
            byte[] hash = mac.doFinal(name.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What stands in records for this name. */
    public String of(String name) {
        return name.isEmpty() ? name : shown.apply(name);
    }
}
