package io.entrepot.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which hashes are read, and that they are of their password alone. */
class PasswordHashTest {

    @ParameterizedTest
    @CsvSource({
        "U*U, $2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "U*U, $2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "U*U, $2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "pässword, $pbkdf2-sha256$29000$ZGVmZ2hpamtsbW5vcHFycw$uCl0OZGSeUtr2.zZWK3J.8A3.xFecXy.FRbvx7cLGec",
        "password, $pbkdf2-sha512$6400$ZGVmZ2hpamtsbW5vcHFycw$56dGVvUIKFgb1U2hFu.plcfxDTKi.e0VlPBLkdxL2H1iCzYrEtCVHKE0dxwZqMocUX7rDgMXqMP4FQ/JBF7VRA"
    })
    void knowsWhatOthersHashed(String password, String text) {
        PasswordHash hash = PasswordHash.parse(text);

        assertThat(hash.matches(password)).isTrue();
        assertThat(hash.matches(password + "x")).isFalse();
        assertThat(hash.matches("")).isFalse();
        assertThat(hash.nobodys().matches(password)).isFalse();
        assertThat(hash.toString()).isEqualTo("***");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "secret",
                "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=",
                "$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/",
                "$2y$17$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
                "$2y$03$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
                "$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
                "$pbkdf2-sha256$1$N2YMIWQsBWBMae09x1jrPQ$1t8iyB2A.WF/Z5JZv.lfCIhXXN33N23OSgQYThBYRfk",
                "$pbkdf2-sha256$99999999$N2YMIWQsBWBMae09x1jrPQ$1t8iyB2A.WF/Z5JZv.lfCIhXXN33N23OSgQYThBYRfk",
                "$pbkdf2-sha256$29000$aa$1t8iyB2A.WF/Z5JZv.lfCIhXXN33N23OSgQYThBYRfk",
                "$pbkdf2-sha256$29000$N2YMIWQsBWBMae09x1jrPQ$aaaa",
                "$pbkdf2-sha1$29000$N2YMIWQsBWBMae09x1jrPQ$1t8iyB2A.WF/Z5JZv.lfCIhXXN33N23OSgQYThBYRfk"
            })
    void takesNoneThatIsGuessedQuicklyOrCostsTooMuch(String text) {
        assertThatThrownBy(() -> PasswordHash.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: ");
    }

    @Test
    void readsUsersBetweenCommentsAndEmptyLines() {
        Htpasswd users =
                Htpasswd.parse("# team a\n\nalice:$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW\r\n");

        assertThat(users.has("alice")).isTrue();
        assertThat(users.hash("alice").matches("U*U")).isTrue();
        assertThat(users.has("bob")).isFalse();
        assertThat(users.hash("bob").matches("U*U")).isFalse();
    }

    @Test
    void anUnknownUserCostsWhatAKnownOneDoes() {
        Htpasswd users = Htpasswd.parse("alice:$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");

        assertThat(((PasswordHash.Bcrypt) users.hash("bob")).cost()).isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource({
        "'a:b', 'line 1: a hash that is not known here'",
        "'# x\nalice', 'line 2: no user'",
        "':$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', 'line 1: no user'",
        "'a:$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW\na:$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', 'line 2: a user who stands above'",
    })
    void namesTheLineAndNothingOfWhatStandsInIt(String text, String problem) {
        assertThatThrownBy(() -> Htpasswd.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(problem)
                .hasMessageNotContaining("CCCC");
    }
}
