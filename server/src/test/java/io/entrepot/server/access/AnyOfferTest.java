package io.entrepot.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.StringLength;

/** Whatever stands in a header or a file: it is read, or refused in words, and nothing else happens. */
class AnyOfferTest {

    private final OwnTokens tokens = new OwnTokens(new Mac(), System::nanoTime);

    @Property
    void anAuthorizationIsReadOrRefused(@ForAll @StringLength(max = 300) String text) {
        refusedInWords(() -> Authorization.parse(text));
        refusedInWords(() -> Authorization.parse("Basic " + text));
        refusedInWords(() -> Authorization.parse("Bearer " + text));
    }

    @Property
    void aLoginIsReadAsItWasWritten(@ForAll("names") String user, @ForAll("names") String password) {
        String header =
                "basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));

        assertThat(Authorization.parse(header)).isEqualTo(new Authorization.Basic(user, password));
    }

    @Property
    void aTokenIsReadOrRefused(@ForAll("tokens") String text) {
        refusedInWords(() -> Jwt.parse(text));
        refusedInWords(() -> tokens.check(text, 1));
        refusedInWords(() -> tokens.check(OwnTokens.PREFIX + text, 1));
    }

    @Property
    void aFileOfUsersIsReadOrRefused(@ForAll @StringLength(max = 300) String text) {
        try {
            Htpasswd.parse(text);
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).startsWith("line ");
        }
    }

    @Property
    void aHashIsReadOrRefused(@ForAll("hashes") String text) {
        try {
            assertThat(PasswordHash.parse(text).toString()).isEqualTo("***");
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }

    @Property
    void aSetOfKeysIsReadOrRefused(@ForAll("json") String text) {
        try {
            assertThat(Jwk.set(text.getBytes(StandardCharsets.UTF_8))).isNotEmpty();
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).contains("JWKS");
        }
    }

    private static void refusedInWords(Runnable reading) {
        try {
            reading.run();
        } catch (NotProven e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.strings()
                .alpha()
                .numeric()
                .withChars("-._@ü")
                .ofMinLength(1)
                .ofMaxLength(40);
    }

    @Provide
    Arbitrary<String> tokens() {
        Arbitrary<String> raw =
                Arbitraries.strings().withChars("eyJ.-_=AQ09{}\":").ofMaxLength(60);
        Arbitrary<String> part = json().map(text -> TestIssuer.base64(TestIssuer.utf8(text)));
        Arbitrary<String> three = Combinators.combine(part, part, part).as((a, b, c) -> a + "." + b + "." + c);
        return Arbitraries.oneOf(raw, three);
    }

    @Provide
    Arbitrary<String> hashes() {
        return Arbitraries.strings().withChars("$2aby05pbkdf-sh1ACZ./").ofMaxLength(90);
    }

    @Provide
    Arbitrary<String> json() {
        Arbitrary<String> name =
                Arbitraries.of("alg", "kid", "keys", "kty", "crv", "x", "y", "n", "e", "typ", "iss", "jwk");
        Arbitrary<String> value = Arbitraries.of(
                "\"RS256\"",
                "\"RSA\"",
                "\"EC\"",
                "\"OKP\"",
                "\"P-256\"",
                "\"Ed25519\"",
                "\"AQAB\"",
                "1",
                "null",
                "[]",
                "{}",
                "[{\"kty\":\"EC\",\"crv\":\"P-521\",\"x\":\"!\",\"y\":\"AQ\"}]",
                "true",
                "\"\"",
                "1e999");
        return Combinators.combine(name, value)
                .as((n, v) -> "\"" + n + "\":" + v)
                .list()
                .ofMaxSize(6)
                .map(fields -> "{" + String.join(",", fields) + "}");
    }
}
