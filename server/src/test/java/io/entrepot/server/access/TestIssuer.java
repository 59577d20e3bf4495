package io.entrepot.server.access;

import io.entrepot.config.AccessConfig.Issuer;
import io.entrepot.config.AccessConfig.Keys;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Somebody who signs tokens: an RSA key "r", one on P-256 "e", an Ed25519 key "d". */
public final class TestIssuer {

    public static final String NAME = "https://issuer.example";
    public static final KeyPair RSA = keys("RSA", "2048");
    public static final KeyPair EC = keys("EC", "secp256r1");
    public static final KeyPair ED = keys("Ed25519", "");

    private TestIssuer() {}

    static Issuer config(Path jwks, String... algorithms) {
        return new Issuer(
                NAME,
                List.of("entrepot", "mirror"),
                List.of(algorithms),
                new Keys.InFile(jwks),
                Optional.empty(),
                "sub",
                "groups");
    }

    /** The three keys. */
    public static String jwks() {
        return "{\"keys\":[" + rsa("r") + "," + ec("e") + "," + ed("d") + "]}";
    }

    static String rsa(String kid) {
        RSAPublicKey key = (RSAPublicKey) RSA.getPublic();
        return "{\"kty\":\"RSA\",\"use\":\"sig\",\"kid\":\"%s\",\"n\":\"%s\",\"e\":\"%s\"}"
                .formatted(kid, base64(unsigned(key.getModulus(), 256)), base64(unsigned(key.getPublicExponent(), 3)));
    }

    static String ec(String kid) {
        ECPublicKey key = (ECPublicKey) EC.getPublic();
        return "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"%s\",\"x\":\"%s\",\"y\":\"%s\"}"
                .formatted(
                        kid,
                        base64(unsigned(key.getW().getAffineX(), 32)),
                        base64(unsigned(key.getW().getAffineY(), 32)));
    }

    static String ed(String kid) {
        EdECPublicKey key = (EdECPublicKey) ED.getPublic();
        byte[] big = unsigned(key.getPoint().getY(), 32);
        byte[] little = new byte[32];
        for (int i = 0; i < 32; i++) {
            little[i] = big[31 - i];
        }
        little[31] |= (byte) (key.getPoint().isXOdd() ? 0x80 : 0);
        return "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"%s\",\"x\":\"%s\"}".formatted(kid, base64(little));
    }

    /** Claims of alice, good for five minutes, with more between them. */
    public static String claims(String more) {
        long now = Instant.now().getEpochSecond();
        return "{\"iss\":\"%s\",\"aud\":\"entrepot\",\"sub\":\"alice\",\"exp\":%d,\"nbf\":%d%s}"
                .formatted(NAME, now + 300, now - 1, more.isEmpty() ? "" : "," + more);
    }

    /** A token of alice with more claims. */
    public static String token(String more) {
        return signed("{\"alg\":\"RS256\",\"kid\":\"r\"}", claims(more), "RS256");
    }

    /** Signed with the key that fits this, whatever the header says. */
    public static String signed(String header, String claims, String algorithm) {
        String signed = base64(utf8(header)) + "." + base64(utf8(claims));
        return signed + "." + base64(sign(algorithm, utf8(signed)));
    }

    static byte[] sign(String algorithm, byte[] bytes) {
        try {
            Signature signature = signature(algorithm);
            signature.update(bytes);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static Signature signature(String algorithm) throws GeneralSecurityException {
        Signature signature;
        switch (algorithm) {
            case "RS256" -> {
                signature = Signature.getInstance("SHA256withRSA");
                signature.initSign(RSA.getPrivate());
            }
            case "PS256" -> {
                signature = Signature.getInstance("RSASSA-PSS");
                signature.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
                signature.initSign(RSA.getPrivate());
            }
            case "ES256" -> {
                signature = Signature.getInstance("SHA256withECDSAinP1363Format");
                signature.initSign(EC.getPrivate());
            }
            case "ES256-DER" -> {
                signature = Signature.getInstance("SHA256withECDSA");
                signature.initSign(EC.getPrivate());
            }
            default -> {
                signature = Signature.getInstance("EdDSA");
                signature.initSign(ED.getPrivate());
            }
        }
        return signature;
    }

    static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] unsigned(BigInteger number, int length) {
        byte[] bytes = new byte[length];
        byte[] own = number.toByteArray();
        int from = Math.max(0, own.length - length);
        System.arraycopy(own, from, bytes, length - (own.length - from), own.length - from);
        return bytes;
    }

    private static KeyPair keys(String algorithm, String parameter) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            if (algorithm.equals("RSA")) {
                generator.initialize(Integer.parseInt(parameter));
            } else if (algorithm.equals("EC")) {
                generator.initialize(new ECGenParameterSpec(parameter));
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
