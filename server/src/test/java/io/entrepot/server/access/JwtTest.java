package io.entrepot.server.access;

import static io.entrepot.server.access.TestIssuer.base64;
import static io.entrepot.server.access.TestIssuer.claims;
import static io.entrepot.server.access.TestIssuer.signed;
import static io.entrepot.server.access.TestIssuer.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which tokens are believed, and that no other is, however it is made. */
class JwtTest {

    private static final String[] ALL = {"RS256", "PS256", "ES256", "EdDSA"};

    private final Work work = new Work("signatures", 2, 16);

    @AfterEach
    void stop() {
        work.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"RS256", "PS256", "ES256", "EdDSA"})
    void believesWhatAnIssuerSigned(String algorithm) {
        String token = signed("{\"alg\":\"" + algorithm + "\",\"typ\":\"JWT\"}", claims(""), algorithm);

        assertThat(check(token, ALL).name()).isEqualTo("alice");
    }

    @Test
    void takesGroupsAndAServiceAccountFromTheClaims() {
        String pod = "\"groups\":[\"a\",\"b\"],\"kubernetes.io\":{\"namespace\":\"prod\",\"serviceaccount\":{\"name\":"
                + "\"builder\",\"uid\":\"1\"}}";
        String token = signed(
                "{\"alg\":\"RS256\",\"kid\":\"r\"}",
                claims(pod).replace("alice", "system:serviceaccount:prod:builder"),
                "RS256");

        Identity who = check(token, ALL);

        assertThat(who.groups()).containsExactlyInAnyOrder("a", "b");
        assertThat(who.namespace()).isEqualTo("prod");
        assertThat(who.serviceAccount()).isEqualTo("builder");
    }

    @Test
    void takesNoServiceAccountThatIsNotTheSubject() {
        String claimed = "\"kubernetes.io\":{\"namespace\":\"prod\",\"serviceaccount\":{\"name\":\"builder\"}}";

        assertThat(check(TestIssuer.token(claimed), ALL).namespace()).isEmpty();
    }

    @Test
    void takesAnAudienceOutOfAList() {
        String claims = claims("").replace("\"aud\":\"entrepot\"", "\"aud\":[\"x\",\"mirror\"]");

        assertThat(check(signed("{\"alg\":\"RS256\"}", claims, "RS256"), ALL).name())
                .isEqualTo("alice");
    }

    @Test
    void allowsForClocksThatDiffer() {
        long now = Instant.now().getEpochSecond();
        String claims = claims("")
                .replaceAll("\"exp\":[0-9]+", "\"exp\":" + (now - 5))
                .replaceAll("\"nbf\":[0-9]+", "\"nbf\":" + (now + 5));

        assertThat(check(signed("{\"alg\":\"RS256\"}", claims, "RS256"), ALL).name())
                .isEqualTo("alice");
    }

    @Test
    void isKnownAgainWithoutItsSignature() {
        Issuers issuers = issuers(ALL);
        String token = TestIssuer.token("");
        Identity first = issuers.check(token).join();

        assertThat(issuers.check(token).join()).isSameAs(first);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void refuses(String attack, String token, String because) {
        assertThatThrownBy(() -> check(token, ALL))
                .isInstanceOf(NotProven.class)
                .hasMessageContaining(because);
    }

    static Stream<Arguments> refuses() throws GeneralSecurityException {
        String good = TestIssuer.token("");
        String[] parts = good.split("\\.");
        String plain = claims("");
        long now = Instant.now().getEpochSecond();
        return Stream.of(
                attack("alg none, no signature", unsigned("{\"alg\":\"none\"}", ""), "not taken here"),
                attack("alg None", unsigned("{\"alg\":\"None\"}", "AAAA"), "not taken here"),
                attack("no alg", signed("{}", plain, "RS256"), "not taken here"),
                attack("alg is a list", signed("{\"alg\":[\"RS256\"]}", plain, "RS256"), "cannot be read"),
                attack(
                        "HS256 with the RSA key as its secret",
                        hmac(TestIssuer.RSA.getPublic().getEncoded()),
                        "not taken here"),
                attack("HS256 with the JWKS as its secret", hmac(utf8(TestIssuer.jwks())), "not taken here"),
                attack(
                        "a key of its own",
                        signed("{\"alg\":\"RS256\",\"jwk\":" + TestIssuer.rsa("x") + "}", plain, "RS256"),
                        "(jwk)"),
                attack(
                        "an address of keys",
                        signed("{\"alg\":\"RS256\",\"jku\":\"https://evil/\"}", plain, "RS256"),
                        "(jku)"),
                attack(
                        "an address of certificates",
                        signed("{\"alg\":\"RS256\",\"x5u\":\"https://evil/\"}", plain, "RS256"),
                        "(x5u)"),
                attack(
                        "certificates of its own",
                        signed("{\"alg\":\"RS256\",\"x5c\":[\"AA\"]}", plain, "RS256"),
                        "(x5c)"),
                attack("rules of its own", signed("{\"alg\":\"RS256\",\"crit\":[\"exp\"]}", plain, "RS256"), "(crit)"),
                attack("an unencoded payload", signed("{\"alg\":\"RS256\",\"b64\":false}", plain, "RS256"), "(crit)"),
                attack(
                        "a kid that is a path",
                        signed("{\"alg\":\"RS256\",\"kid\":\"../../dev/null\"}", plain, "RS256"),
                        "not signed"),
                attack(
                        "a kid that is SQL",
                        signed("{\"alg\":\"RS256\",\"kid\":\"' OR 1=1 --\"}", plain, "RS256"),
                        "not signed"),
                attack(
                        "a kid that is a number",
                        signed("{\"alg\":\"RS256\",\"kid\":1}", plain, "RS256"),
                        "cannot be read"),
                attack(
                        "the kid of another key",
                        signed("{\"alg\":\"RS256\",\"kid\":\"e\"}", plain, "RS256"),
                        "not signed"),
                attack("RS256 said, ES256 signed", signed("{\"alg\":\"RS256\"}", plain, "ES256"), "not signed"),
                attack("ES256 said, RS256 signed", signed("{\"alg\":\"ES256\"}", plain, "RS256"), "not signed"),
                attack(
                        "ES384 with a key for ES256",
                        signed("{\"alg\":\"ES384\"}", plain, "ES256"),
                        "does not use here"),
                attack("zeros for a signature (CVE-2022-21449)", zeros("{\"alg\":\"ES256\"}"), "not signed"),
                attack("the order of the curve for a signature", order(), "not signed"),
                attack("DER for a signature", signed("{\"alg\":\"ES256\"}", plain, "ES256-DER"), "not signed"),
                attack("no signature", parts[0] + "." + parts[1] + ".", "not signed"),
                attack("a signature cut short", good.substring(0, good.length() - 2), "not signed"),
                attack(
                        "a changed claim",
                        parts[0] + "." + base64(utf8(plain.replace("alice", "admin"))) + "." + parts[2],
                        "not signed"),
                attack("two parts", parts[0] + "." + parts[1], "cannot be read"),
                attack("four parts", good + "." + parts[2], "cannot be read"),
                attack("five parts, as an encrypted one", "e30.a.b.c.d", "cannot be read"),
                attack("a dot in front", "." + good, "cannot be read"),
                attack("an empty header", "." + parts[1] + "." + parts[2], "cannot be read"),
                attack("padding", parts[0] + "=." + parts[1] + "." + parts[2], "cannot be read"),
                attack("bits that nobody reads", loose(parts), "cannot be read"),
                attack("base64 for URLs not used", parts[0] + "." + parts[1] + ".a+/b", "cannot be read"),
                attack("a header that is a list", signed("[\"alg\",\"RS256\"]", plain, "RS256"), "cannot be read"),
                attack(
                        "a header that says alg twice",
                        signed("{\"alg\":\"RS256\",\"alg\":\"none\"}", plain, "RS256"),
                        "cannot be read"),
                attack(
                        "claims that say sub twice",
                        signed("{\"alg\":\"RS256\"}", claims("\"sub\":\"admin\""), "RS256"),
                        "cannot be read"),
                attack(
                        "claims with something behind them",
                        signed("{\"alg\":\"RS256\"}", plain + "{}", "RS256"),
                        "cannot be read"),
                attack(
                        "claims nested deeply",
                        signed("{\"alg\":\"RS256\"}", claims("\"x\":" + "[".repeat(900) + "]".repeat(900)), "RS256"),
                        "cannot be read"),
                attack("a huge token", parts[0] + "." + "A".repeat(20_000) + "." + parts[2], "cannot be read"),
                attack(
                        "a huge number",
                        signed("{\"alg\":\"RS256\"}", plain.replaceAll("\"exp\":[0-9]+", "\"exp\":1e400"), "RS256"),
                        "no time in exp"),
                attack("expired", claiming("exp", now - 60), "has expired"),
                attack(
                        "no exp",
                        signed("{\"alg\":\"RS256\"}", plain.replaceAll("\"exp\":[0-9]+,", ""), "RS256"),
                        "never expires"),
                attack(
                        "exp that is text",
                        signed("{\"alg\":\"RS256\"}", plain.replaceAll("\"exp\":([0-9]+)", "\"exp\":\"$1\""), "RS256"),
                        "no time in exp"),
                attack("exp below zero", claiming("exp", -1), "no time in exp"),
                attack("not yet good", claiming("nbf", now + 120), "of the future"),
                attack(
                        "issued tomorrow",
                        signed("{\"alg\":\"RS256\"}", claims("\"iat\":" + (now + 86_400)), "RS256"),
                        "of the future"),
                attack("another issuer", replaced(TestIssuer.NAME, "https://evil.example"), "issuer"),
                attack("an issuer with a slash more", replaced(TestIssuer.NAME, TestIssuer.NAME + "/"), "issuer"),
                attack(
                        "an issuer that is a list",
                        replaced("\"" + TestIssuer.NAME + "\"", "[\"" + TestIssuer.NAME + "\"]"),
                        "issuer"),
                attack("no issuer", replaced("\"iss\"", "\"isss\""), "issuer"),
                attack("for somebody else", replaced("\"aud\":\"entrepot\"", "\"aud\":\"entrepot2\""), "aud"),
                attack("for others", replaced("\"aud\":\"entrepot\"", "\"aud\":[\"a\",\"b\"]"), "aud"),
                attack("for nobody", replaced("\"aud\":\"entrepot\"", "\"aud\":[]"), "aud"),
                attack("for a list in a list", replaced("\"aud\":\"entrepot\"", "\"aud\":[[\"entrepot\"]]"), "aud"),
                attack("no audience", replaced("\"aud\"", "\"audd\""), "aud"),
                attack("no subject", replaced("\"sub\"", "\"subb\""), "names nobody"),
                attack("a subject that ends a line", replaced("alice", "alice\\nbob"), "cannot be used"),
                attack("a subject that turns the line around", replaced("alice", "alice\\u202e"), "cannot be used"),
                attack("an empty subject", replaced("alice", ""), "cannot be used"),
                attack("the name of a node", replaced("alice", "node:worker-1"), "kept for nodes"),
                attack(
                        "a group that is no text",
                        signed("{\"alg\":\"RS256\"}", claims("\"groups\":[{}]"), "RS256"),
                        "cannot be used"),
                attack(
                        "another kind of token",
                        signed("{\"alg\":\"RS256\",\"typ\":\"logout+jwt\"}", plain, "RS256"),
                        "another kind"));
    }

    @Test
    void refusesWhatItsIssuerDoesNotUse() {
        assertThatThrownBy(() -> check(TestIssuer.token(""), "ES256"))
                .isInstanceOf(NotProven.class)
                .hasMessageContaining("does not use here");
    }

    @Test
    void aKeyForAnotherAlgorithmIsNoKey() {
        String only = TestIssuer.rsa("r").replace("{", "{\"alg\":\"PS256\",");

        assertThatThrownBy(() -> check(Jwk.set(utf8("{\"keys\":[" + only + "]}")), TestIssuer.token(""), ALL))
                .isInstanceOf(NotProven.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "{\"keys\":{}}",
                "{\"keys\":[]}",
                "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"}]}",
                "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}",
                "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AQ\",\"y\":\"AQ\"}]}",
                "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"AQ\"}]}"
            })
    void aSetWithoutAKeyThatCanBeUsedIsNone(String jwks) {
        assertThatThrownBy(() -> Jwk.set(utf8(jwks))).isInstanceOf(IllegalArgumentException.class);
    }

    private static Arguments attack(String what, String token, String because) {
        return Arguments.of(what, token, because);
    }

    private static String replaced(String what, String by) {
        return signed("{\"alg\":\"RS256\"}", claims("").replace(what, by), "RS256");
    }

    private static String claiming(String name, long time) {
        return replaced(claims("").replaceAll(".*(\"" + name + "\":[0-9]+).*", "$1"), "\"" + name + "\":" + time);
    }

    private static String unsigned(String header, String signature) {
        return base64(utf8(header)) + "." + base64(utf8(claims(""))) + "." + signature;
    }

    private static String zeros(String header) {
        return unsigned(header, base64(new byte[64]));
    }

    private static String order() {
        byte[] order =
                ((ECPublicKey) TestIssuer.EC.getPublic()).getParams().getOrder().toByteArray();
        byte[] both = new byte[64];
        System.arraycopy(order, 1, both, 0, 32);
        System.arraycopy(order, 1, both, 32, 32);
        return unsigned("{\"alg\":\"ES256\"}", base64(both));
    }

    /** The last character of the signature carries bits that decoders drop: another text for the same bytes. */
    private static String loose(String[] parts) {
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        char last = parts[2].charAt(parts[2].length() - 1);
        char next = alphabet.charAt(alphabet.indexOf(last) + 1);
        return parts[0] + "." + parts[1] + "." + parts[2].substring(0, parts[2].length() - 1) + next;
    }

    private static String hmac(byte[] secret) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret, "HmacSHA256"));
        String signed = base64(utf8("{\"alg\":\"HS256\",\"kid\":\"r\"}")) + "." + base64(utf8(claims("")));
        return signed + "." + base64(mac.doFinal(utf8(signed)));
    }

    private Issuers issuers(String... algorithms) {
        return issuers(Jwk.set(utf8(TestIssuer.jwks())), algorithms);
    }

    private Issuers issuers(List<Jwk> keys, String... algorithms) {
        return new Issuers(
                List.of(TestIssuer.config(Path.of("keys"), algorithms)),
                issuer -> kid -> CompletableFuture.completedFuture(keys),
                work,
                Clock.systemUTC());
    }

    private Identity check(String token, String... algorithms) {
        return check(Jwk.set(utf8(TestIssuer.jwks())), token, algorithms);
    }

    private Identity check(List<Jwk> keys, String token, String... algorithms) {
        try {
            return issuers(keys, algorithms).check(token).join();
        } catch (CompletionException e) {
            throw (RuntimeException) e.getCause();
        }
    }
}
