package io.entrepot.server.access;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A token is good for what it was given for, as long as it was given, and to nobody who changed it. */
class OwnTokensTest {

    private static final Repository APP = new Repository(Registry.DOCKER_HUB, "team-a/app");
    private static final Repository OTHER = new Repository(Registry.DOCKER_HUB, "team-b/app");
    private static final Identity ALICE = new Identity("alice", Proof.TOKEN, Set.of("a"), "prod", "builder");

    private final AtomicLong nanos = new AtomicLong(1);
    private final Mac mac = new Mac();
    private final OwnTokens tokens = new OwnTokens(mac, nanos::get);
    private final String token = tokens.issue(Optional.of(ALICE), Set.of(APP), 7, Duration.ofMinutes(5));

    @Test
    void saysWhoAndWhatFor() {
        OwnTokens.Said said = tokens.check(token, 7);

        assertThat(said.who()).contains(ALICE);
        assertThat(said.grant().covers(APP)).isTrue();
        assertThat(said.grant().covers(OTHER)).isFalse();
    }

    @Test
    void mayBeOfNobody() {
        String nobodys = tokens.issue(Optional.empty(), Set.of(), 7, Duration.ofMinutes(5));

        assertThat(tokens.check(nobodys, 7).who()).isEmpty();
    }

    @Test
    void carriesWhatSomebodyBroughtWhereNobodyCanReadIt() {
        Brought brought = tokens.brought("alice", "wonderland", Set.of(APP));
        String sealed = tokens.issue(brought, 7, Duration.ofMinutes(5));

        assertThat(tokens.check(sealed, 7).brought()).contains(brought);
        assertThat(tokens.check(sealed, 7).who()).isEmpty();
        assertThat(new String(Base64.getUrlDecoder().decode(sealed.substring("ent2.".length())), ISO_8859_1))
                .doesNotContain("alice")
                .doesNotContain("wonderland");
        assertThat(tokens.issue(brought, 7, Duration.ofMinutes(5)))
                .as("nor tell who comes again")
                .isNotEqualTo(sealed);
        assertThat(brought.toString()).isEqualTo("***");
        assertThat(brought.id())
                .isEqualTo(tokens.brought("alice", "wonderland", Set.of(OTHER)).id())
                .isNotEqualTo(tokens.brought("alicew", "onderland", Set.of(APP)).id());
    }

    @Test
    void aPasswordThatNoHeaderCouldCarryIsToldAtOnce() {
        Brought brought = tokens.brought("alice", "w".repeat(5_000), Set.of(APP));

        assertThatThrownBy(() -> tokens.issue(brought, 7, Duration.ofMinutes(5)))
                .isInstanceOf(NotProven.class)
                .hasMessageContaining("a password of at most 4 KiB");
    }

    @Test
    void endsWithItsTime() {
        nanos.addAndGet(Duration.ofMinutes(5).toNanos());

        refused(token, 7);
    }

    @Test
    void endsWithTheRulesThatItRestsOn() {
        refused(token, 8);
    }

    @Test
    void isOfNoOtherMirror() {
        assertThatThrownBy(() -> new OwnTokens(new Mac(), nanos::get).check(token, 7))
                .isInstanceOf(NotProven.class);
    }

    @Test
    void anyChangedCharacterEndsIt() {
        for (int i = 0; i < token.length(); i++) {
            String changed = token.substring(0, i) + (token.charAt(i) == 'A' ? 'B' : 'A') + token.substring(i + 1);
            refused(changed, 7);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ent2.",
                "ent2..",
                "ent2.e30",
                "ent2.e30.AAAA",
                "ent1.e30.AAAA",
                "ent2",
                "ent2.\u00e4",
                "ent2.AAAAAAAAAAAAAAAAAAAAAAAA"
            })
    void whatIsNoneIsNone(String text) {
        refused(text, 7);
    }

    @Test
    void groupsThatNoHeaderCouldCarryAreToldAtOnce() {
        Set<String> groups = new HashSet<>();
        for (int i = 0; i < 500; i++) {
            groups.add("group-with-a-long-name-" + i);
        }
        Identity many = new Identity("alice", Proof.TOKEN, groups, "", "");

        assertThatThrownBy(() -> tokens.issue(Optional.of(many), Set.of(APP), 7, Duration.ofMinutes(5)))
                .isInstanceOf(NotProven.class)
                .hasMessageContaining("too long");
    }

    private void refused(String text, long edition) {
        assertThatThrownBy(() -> tokens.check(text, edition)).isInstanceOf(NotProven.class);
    }
}
