package io.entrepot.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A certificate of our own: what is in it, and when it is made anew. */
class SelfSignedTest {

    private static final Instant NOW = Instant.parse("2026-11-26T10:00:00Z");
    private static final Set<String> NAMES = Set.of("localhost", "127.0.0.1", "::1", "mirror.corp");

    @TempDir
    private Path root;

    @Test
    void theServerHasEveryNameAndIsSignedByTheAuthority() throws Exception {
        SelfSigned self = self();

        self.ensure(NAMES, NOW);

        var authority = Pem.certificate(self.authority());
        var server = Pem.certificate(file("server.pem"));
        server.verify(authority.getPublicKey());
        assertThat(Issuer.names(server)).contains("localhost", "127.0.0.1", "mirror.corp", "0:0:0:0:0:0:0:1");
        assertThat(server.getBasicConstraints()).isEqualTo(-1);
        assertThat(authority.getBasicConstraints()).isZero();
    }

    @Test
    void keysAreForOurUserAlone() throws Exception {
        self().ensure(NAMES, NOW);

        for (String key : Set.of("ca.key", "server.key")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file(key))))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void theNextStartUsesTheSame() throws Exception {
        self().ensure(NAMES, NOW);
        String before = Files.readString(file("server.pem"));

        self().ensure(NAMES, NOW.plus(Duration.ofDays(300)));

        assertThat(file("server.pem")).hasContent(before);
    }

    @Test
    void aServerCertificateIsRenewedAMonthBeforeItsEndAndTheAuthorityStays() throws Exception {
        self().ensure(NAMES, NOW);
        String server = Files.readString(file("server.pem"));
        String authority = Files.readString(file("ca.pem"));

        self().ensure(NAMES, NOW.plus(Duration.ofDays(370)));

        assertThat(Files.readString(file("server.pem"))).isNotEqualTo(server);
        assertThat(file("ca.pem")).hasContent(authority);
    }

    @Test
    void aNewNameMakesANewServerCertificate() throws Exception {
        self().ensure(NAMES, NOW);

        self().ensure(Set.of("other.corp"), NOW);

        assertThat(Issuer.names(Pem.certificate(file("server.pem")))).containsExactly("other.corp");
    }

    @Test
    void garbageIsReplaced() throws Exception {
        self().ensure(NAMES, NOW);
        Files.writeString(file("server.key"), "not a key");
        Files.writeString(file("ca.pem"), "not a certificate");

        self().ensure(NAMES, NOW);

        Pem.certificate(file("server.pem"))
                .verify(Pem.certificate(file("ca.pem")).getPublicKey());
    }

    @Test
    void anAddressInTwoSpellingsIsOneName() throws Exception {
        self().ensure(Set.of("::1", "0:0:0:0:0:0:0:1", "localhost"), NOW);

        assertThat(Pem.certificate(file("server.pem")).getSubjectAlternativeNames())
                .extracting(name -> String.valueOf(name.get(1)))
                .containsExactlyInAnyOrder("0:0:0:0:0:0:0:1", "localhost");
    }

    @Test
    void aDirectoryThatCannotBeIsNamedWithTheReason() throws Exception {
        Path file = Files.createFile(root.resolve("tls"));

        assertThatThrownBy(() -> self().ensure(NAMES, NOW))
                .hasMessage("our own certificate cannot be kept in " + file
                        + ": it is not a directory (expected: a directory that this user can write)");
    }

    private SelfSigned self() {
        return new SelfSigned(root.resolve("tls"));
    }

    private Path file(String name) {
        return root.resolve("tls").resolve(name);
    }
}
