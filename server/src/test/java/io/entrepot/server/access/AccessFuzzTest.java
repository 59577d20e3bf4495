package io.entrepot.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;

/** Hostile text for everything that somebody says of themselves, and for the files that say who they are. */
@Tag("fuzz")
class AccessFuzzTest {

    @FuzzTest(maxDuration = "1m")
    void authorization(byte[] input) {
        try {
            assertThat(Authorization.parse(new String(input, StandardCharsets.ISO_8859_1)))
                    .hasToString("***");
        } catch (NotProven e) {
            assertThat(e.getMessage()).isNotEmpty().isASCII();
        }
    }

    @FuzzTest(maxDuration = "1m")
    void token(byte[] input) {
        try {
            assertThat(Jwt.parse(text(input)).claims().isObject()).isTrue();
        } catch (NotProven e) {
            assertThat(e.getMessage()).isNotEmpty().isASCII();
        }
    }

    @FuzzTest(maxDuration = "1m")
    void keys(byte[] input) {
        try {
            assertThat(Jwk.set(input)).isNotEmpty();
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageContaining("expected: ");
        }
    }

    @FuzzTest(maxDuration = "1m")
    void passwords(byte[] input) {
        try {
            Htpasswd file = Htpasswd.parse(text(input));
            assertThat(file.users().keySet()).allMatch(file::has);
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageStartingWith("line ");
        }
    }

    @FuzzTest(maxDuration = "1m")
    void passwordHash(byte[] input) {
        try {
            PasswordHash hash = PasswordHash.parse(text(input));
            assertThat(hash.nobodys().hash()).hasSameSizeAs(hash.hash());
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }

    private static String text(byte[] input) {
        return new String(input, StandardCharsets.UTF_8);
    }
}
