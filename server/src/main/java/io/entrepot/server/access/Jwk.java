package io.entrepot.server.access;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * A public key of a JWKS (RFC 7517): RSA of 2,048 bits or more, EC on P-256, P-384 or P-521, or Ed25519 and Ed448. Others,
 * and those that are not for signatures, are passed over: an issuer may have keys for other purposes.
 *
 * @param kid its name; empty if it has none
 * @param alg the only algorithm that it is for; empty: any that fits
 */
record Jwk(String kid, String alg, PublicKey key) {

    private static final int MOST = 100;
    private static final int LEAST_RSA = 2_048;
    private static final int MOST_RSA = 8_192;

    /** The keys of a set. @throws IllegalArgumentException if it is none, or no key in it can be used */
    static List<Jwk> set(byte[] json) {
        List<Jwk> keys = new ArrayList<>();
        try {
            JsonNode all = StrictJson.object(json).path("keys");
            if (!all.isArray() || all.size() > MOST) {
                throw new IOException("no list");
            }
            all.forEach(each -> read(each).ifPresent(keys::add));
        } catch (IOException e) {
            throw new IllegalArgumentException("no JWKS (expected: {\"keys\": […]}, at most " + MOST + " of them)", e);
        }
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("a JWKS without a key that can be used (expected: RSA, EC or OKP)");
        }
        return List.copyOf(keys);
    }

    private static Optional<Jwk> read(JsonNode node) {
        if (!isForSignatures(node)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Jwk(text(node, "kid"), text(node, "alg"), key(node)));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static boolean isForSignatures(JsonNode node) {
        boolean use = !node.has("use") || text(node, "use").equals("sig");
        boolean verify = !node.has("key_ops");
        for (JsonNode operation : node.path("key_ops")) {
            verify |= operation.asText().equals("verify");
        }
        return use && verify;
    }

    private static PublicKey key(JsonNode node) throws GeneralSecurityException {
        return switch (text(node, "kty")) {
            case "RSA" -> rsa(number(node, "n"), number(node, "e"));
            case "EC" -> curve(text(node, "crv"), number(node, "x"), number(node, "y"));
            case "OKP" -> edwards(text(node, "crv"), bytes(node, "x"));
            default -> throw new IllegalArgumentException("kty");
        };
    }

    private static PublicKey rsa(BigInteger n, BigInteger e) throws GeneralSecurityException {
        if (n.bitLength() < LEAST_RSA || n.bitLength() > MOST_RSA || e.bitLength() < 2 || e.bitLength() > 32) {
            throw new IllegalArgumentException("RSA");
        }
        return KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(n, e));
    }

    private static PublicKey curve(String name, BigInteger x, BigInteger y) throws GeneralSecurityException {
        String curve = switch (name) {
            case "P-256" -> "secp256r1";
            case "P-384" -> "secp384r1";
            case "P-521" -> "secp521r1";
            default -> throw new IllegalArgumentException("crv");
        };
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec(curve));
        ECParameterSpec spec = parameters.getParameterSpec(ECParameterSpec.class);
        requireOnCurve(spec, x, y);
        return KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(new ECPoint(x, y), spec));
    }

    private static void requireOnCurve(ECParameterSpec spec, BigInteger x, BigInteger y) {
        BigInteger p = ((ECFieldFp) spec.getCurve().getField()).getP();
        BigInteger right = x.pow(3)
                .add(spec.getCurve().getA().multiply(x))
                .add(spec.getCurve().getB());
        if (x.compareTo(p) >= 0
                || y.compareTo(p) >= 0
                || y.pow(2).subtract(right).mod(p).signum() != 0) {
            throw new IllegalArgumentException("point");
        }
    }

    /** The point is y in little endian, its highest bit the sign of x (RFC 8032, 5.1.2). */
    private static PublicKey edwards(String name, byte[] x) throws GeneralSecurityException {
        if (x.length != (name.equals("Ed25519") ? 32 : 57) || !name.matches("Ed25519|Ed448")) {
            throw new IllegalArgumentException("crv");
        }
        byte[] big = new byte[x.length];
        for (int i = 0; i < x.length; i++) {
            big[i] = x[x.length - 1 - i];
        }
        boolean odd = (big[0] & 0x80) != 0;
        big[0] &= 0x7f;
        EdECPoint point = new EdECPoint(odd, new BigInteger(1, big));
        return KeyFactory.getInstance("EdDSA")
                .generatePublic(new EdECPublicKeySpec(new NamedParameterSpec(name), point));
    }

    private static BigInteger number(JsonNode node, String name) {
        return new BigInteger(1, bytes(node, name));
    }

    private static byte[] bytes(JsonNode node, String name) {
        return Base64.getUrlDecoder().decode(text(node, name));
    }

    private static String text(JsonNode node, String name) {
        return node.path(name).asText("");
    }

    /** Whether a token that is signed so, with a key of this name, may be of this key. */
    boolean isFor(Jwt jwt) {
        boolean named = jwt.kid().isEmpty() || kid.isEmpty() || kid.equals(jwt.kid());
        boolean meant = alg.isEmpty() || alg.equals(jwt.algorithm().label());
        return named && meant && jwt.algorithm().fits(key);
    }
}
