package io.entrepot.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.config.MirrorConfig.Tls;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The data port's certificate follows its files. */
class ServerTlsTest {

    @TempDir
    private Path root;

    private Tls files = new Tls(Path.of("none"), Path.of("none"));

    @BeforeEach
    void makeFiles() throws IOException {
        files = new SelfSigned(root).ensure(Set.of("localhost"), Instant.now());
    }

    @Test
    void usesOpenSsl() throws IOException {
        assertThat(OpenSsl.isAvailable()).isTrue();
        assertThat(ServerTls.open(files).get().context()).isInstanceOf(OpenSslContext.class);
    }

    @Test
    void keepsItsContextWhileTheFilesStay() throws IOException {
        ServerTls tls = ServerTls.open(files);
        Encryption before = tls.get();

        tls.follow();

        assertThat(tls.get()).isSameAs(before);
    }

    @Test
    void takesFilesThatWereExchanged() throws IOException {
        ServerTls tls = ServerTls.open(files);
        Encryption before = tls.get();
        new SelfSigned(root).ensure(Set.of("other.corp"), Instant.now());

        tls.follow();

        assertThat(tls.get()).isNotSameAs(before);
    }

    @Test
    void keepsWhatItHasWhenTheFilesAreWrongOrGone() throws IOException {
        ServerTls tls = ServerTls.open(files);
        Encryption before = tls.get();

        Files.writeString(files.certificate(), "half a certi");
        tls.follow();
        Files.delete(files.certificate());
        tls.follow();

        assertThat(tls.get()).isSameAs(before);
    }

    @Test
    void comesBackWhenTheFilesAreRightAgain() throws IOException {
        ServerTls tls = ServerTls.open(files);
        Encryption before = tls.get();
        byte[] good = Files.readAllBytes(files.certificate());
        Files.writeString(files.certificate(), "half a certi");
        tls.follow();

        Files.write(files.certificate(), good);
        tls.follow();

        assertThat(tls.get()).isNotSameAs(before);
    }

    @Test
    void namesAFileThatIsNotThere() {
        Tls missing = new Tls(files.certificate(), root.resolve("absent.key"));

        assertThatThrownBy(() -> ServerTls.open(missing))
                .isInstanceOf(IOException.class)
                .hasMessage("TLS key " + root.resolve("absent.key") + " does not exist");
    }

    @Test
    void namesAFileThatCannotBeRead() {
        assertThatThrownBy(() -> ServerTls.open(new Tls(files.certificate(), root)))
                .hasMessage("TLS key " + root
                        + " cannot be read: is a directory (expected: a PEM file that this user can read)");
    }

    @Test
    void namesAKeyThatIsNone() throws IOException {
        Path key = Files.writeString(root.resolve("bad.key"), "nothing");

        assertThatThrownBy(() -> ServerTls.open(new Tls(files.certificate(), key)))
                .hasMessageStartingWith("TLS certificate " + files.certificate() + " with key " + key)
                .hasMessageEndingWith("(expected: a PEM chain and its unencrypted PEM key)");
    }

    @Test
    void namesAKeyOfAnotherCertificate() throws IOException {
        Tls other = new SelfSigned(root.resolve("other")).ensure(Set.of("localhost"), Instant.now());

        assertThatThrownBy(() -> ServerTls.open(new Tls(files.certificate(), other.key())))
                .hasMessageContaining("cannot be used");
    }
}
