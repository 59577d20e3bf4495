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
 * Stands in for names of people in records: {@code p:} and the head of their HMAC-SHA256 under a key of the operator's, so that
 * one person is one name, and nobody without the key can tell whose. Nodes and service accounts are not people.
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

    /** Under this key. */
    public static Pseudonyms under(String key) {
        SecretKeySpec secret = new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), ALGORITHM);
        Cache<String, String> known = Caffeine.newBuilder().maximumSize(MOST).build();
        return new Pseudonyms(name -> known.get(name, any -> PREFIX + hashed(secret, any)));
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

    /** A text that may speak of them by name. */
    String in(String text, Requester who) {
        String shown = of(who);
        return shown.equals(who.principal()) ? text : text.replace(who.principal(), shown);
    }

    String of(Requester who) {
        boolean person = who.node().isEmpty() && who.serviceAccount().isEmpty();
        return person ? of(who.principal()) : who.principal();
    }
}
