package io.entrepot.server.access;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;
import at.favre.lib.crypto.bcrypt.Radix64Encoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * The hash of a password, as it stands in a file of users.
 *
 * <pre>
 *   $2y$10$Zr5…22 characters of salt, 31 of hash         bcrypt, cost 4 to 16, also $2a$ and $2b$: htpasswd -B
 *   $pbkdf2-sha256$600000$c2FsdA$aGFzaA                   PBKDF2, rounds 1,000 to 10,000,000, also -sha512: salt and hash in
 *                                                         base64 with . for + and without =, as Python's passlib writes it
 * </pre>
 *
 * What costs more would let one request hold a processor for seconds; what is faster than these (MD5, SHA-1, crypt) can be
 * guessed from the file.
 */
sealed interface PasswordHash {

    Pattern BCRYPT = Pattern.compile("\\$(2[aby])\\$([0-9]{2})\\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})");
    Pattern PBKDF2 = Pattern.compile("\\$pbkdf2-(sha256|sha512)\\$([0-9]{1,8})\\$([./A-Za-z0-9]+)\\$([./A-Za-z0-9]+)");

    /** Reads a hash. @throws IllegalArgumentException if it is none that we take */
    static PasswordHash parse(String text) {
        Matcher bcrypt = BCRYPT.matcher(text);
        Matcher pbkdf2 = PBKDF2.matcher(text);
        if (bcrypt.matches()) {
            return Bcrypt.of(bcrypt);
        }
        if (pbkdf2.matches()) {
            return Pbkdf2.of(pbkdf2);
        }
        throw new IllegalArgumentException("a hash that is not known here (expected: bcrypt, as htpasswd -B writes it,"
                + " or $pbkdf2-sha256$ROUNDS$SALT$HASH)");
    }

    /** Whether it is of this password. Takes as long as it was made to take, whatever the answer. */
    boolean matches(String password);

    /** What tells it from another. */
    byte[] hash();

    /** One that costs the same and is of no password. */
    PasswordHash nobodys();

    record Bcrypt(BCrypt.Version version, int cost, byte[] salt, byte[] hash) implements PasswordHash {

        static Bcrypt of(Matcher text) {
            int cost = Integer.parseInt(text.group(2));
            require(cost >= 4 && cost <= 16, "bcrypt with cost " + cost, "4 to 16");
            Radix64Encoder radix = new Radix64Encoder.Default();
            return new Bcrypt(
                    version(text.group(1)),
                    cost,
                    radix.decode(text.group(3).getBytes(StandardCharsets.US_ASCII)),
                    radix.decode(text.group(4).getBytes(StandardCharsets.US_ASCII)));
        }

        private static BCrypt.Version version(String text) {
            return switch (text) {
                case "2a" -> BCrypt.Version.VERSION_2A;
                case "2b" -> BCrypt.Version.VERSION_2B;
                default -> BCrypt.Version.VERSION_2Y;
            };
        }

        /** Of a long password the first 72 bytes count, as they did when it was hashed. */
        @Override
        public boolean matches(String password) {
            byte[] made = BCrypt.with(version, new SecureRandom(), LongPasswordStrategies.truncate(version))
                    .hashRaw(cost, salt, password.getBytes(StandardCharsets.UTF_8))
                    .rawHash;
            return MessageDigest.isEqual(made, hash);
        }

        @Override
        public PasswordHash nobodys() {
            return new Bcrypt(version, cost, salt, random(hash.length));
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Bcrypt that
                    && cost == that.cost
                    && Arrays.equals(salt, that.salt)
                    && MessageDigest.isEqual(hash, that.hash);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(salt);
        }

        @Override
        public String toString() {
            return "***";
        }
    }

    record Pbkdf2(String algorithm, int rounds, byte[] salt, byte[] hash) implements PasswordHash {

        static Pbkdf2 of(Matcher text) {
            int rounds = Integer.parseInt(text.group(2));
            byte[] salt = bytes(text.group(3));
            byte[] hash = bytes(text.group(4));
            require(rounds >= 1_000 && rounds <= 10_000_000, rounds + " rounds of PBKDF2", "1000 to 10000000");
            require(salt.length >= 8 && salt.length <= 64, "a salt of " + salt.length + " bytes", "8 to 64");
            require(hash.length >= 20 && hash.length <= 64, "a hash of " + hash.length + " bytes", "20 to 64");
            return new Pbkdf2("PBKDF2WithHmac" + text.group(1).toUpperCase(Locale.ROOT), rounds, salt, hash);
        }

        private static byte[] bytes(String text) {
            return Base64.getDecoder().decode(text.replace('.', '+'));
        }

        @Override
        public boolean matches(String password) {
            PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, rounds, hash.length * 8);
            try {
                byte[] made = SecretKeyFactory.getInstance(algorithm)
                        .generateSecret(spec)
                        .getEncoded();
                return MessageDigest.isEqual(made, hash);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            } finally {
                spec.clearPassword();
            }
        }

        @Override
        public PasswordHash nobodys() {
            return new Pbkdf2(algorithm, rounds, salt, random(hash.length));
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Pbkdf2 that
                    && rounds == that.rounds
                    && Arrays.equals(salt, that.salt)
                    && MessageDigest.isEqual(hash, that.hash);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(salt);
        }

        @Override
        public String toString() {
            return "***";
        }
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    private static void require(boolean right, String what, String expected) {
        if (!right) {
            throw new IllegalArgumentException(what + " (expected: " + expected + ")");
        }
    }
}
