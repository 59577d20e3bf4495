package io.entrepot.server.access;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/** How a JWT may be signed (RFC 7518, RFC 8037): each with a kind of key of its own, none with a secret that two share. */
enum Algorithm {
    RS256("SHA256withRSA", 0, 0),
    RS384("SHA384withRSA", 0, 0),
    RS512("SHA512withRSA", 0, 0),
    PS256("SHA-256", 32, 0),
    PS384("SHA-384", 48, 0),
    PS512("SHA-512", 64, 0),
    ES256("SHA256withECDSAinP1363Format", 0, 32),
    ES384("SHA384withECDSAinP1363Format", 0, 48),
    ES512("SHA512withECDSAinP1363Format", 0, 66),
    EDDSA("EdDSA", 0, 0);

    private final String java;
    private final int salt;
    private final int coordinate;

    /**
     * @param java the name of the signature or, with a salt, of the hash
     * @param salt bytes of salt of RSASSA-PSS; 0: it is not that
     * @param coordinate bytes of one number of an ECDSA signature; 0: it is not that
     */
    Algorithm(String java, int salt, int coordinate) {
        this.java = java;
        this.salt = salt;
        this.coordinate = coordinate;
    }

    /** As it stands in {@code alg}, to the letter. */
    static Optional<Algorithm> named(String alg) {
        return Stream.of(values()).filter(each -> each.label().equals(alg)).findFirst();
    }

    String label() {
        return this == EDDSA ? "EdDSA" : name();
    }

    /** Whether a key is of the kind that this is made for. */
    boolean fits(PublicKey key) {
        if (this == EDDSA) {
            return key instanceof EdECPublicKey;
        }
        return coordinate == 0
                ? key instanceof RSAPublicKey
                : key instanceof ECPublicKey curve && coordinate == bytes(order(curve));
    }

    boolean verifies(PublicKey key, byte[] signed, byte[] signature) {
        if (!fits(key) || !isPossible(key, signature)) {
            return false;
        }
        try {
            Signature verifier = Signature.getInstance(salt == 0 ? java : "RSASSA-PSS");
            if (salt > 0) {
                verifier.setParameter(new PSSParameterSpec(java, "MGF1", new MGF1ParameterSpec(java), salt, 1));
            }
            verifier.initVerify(key);
            verifier.update(signed);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** Both numbers of an ECDSA signature lie between 1 and the order of the curve: with zeros, some JDKs let anything pass. */
    private boolean isPossible(PublicKey key, byte[] signature) {
        if (coordinate == 0) {
            return true;
        }
        BigInteger order = order((ECPublicKey) key);
        return signature.length == 2 * coordinate
                && isWithin(order, Arrays.copyOf(signature, coordinate))
                && isWithin(order, Arrays.copyOfRange(signature, coordinate, 2 * coordinate));
    }

    private static boolean isWithin(BigInteger order, byte[] number) {
        BigInteger value = new BigInteger(1, number);
        return value.signum() > 0 && value.compareTo(order) < 0;
    }

    private static BigInteger order(ECPublicKey key) {
        return key.getParams().getOrder();
    }

    private static int bytes(BigInteger order) {
        return (order.bitLength() + 7) / 8;
    }
}
