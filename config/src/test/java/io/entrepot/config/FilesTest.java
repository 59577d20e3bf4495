package io.entrepot.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The configuration's own file, and those that it names. */
class FilesTest {

    @TempDir
    private Path root;

    private Path file;

    @BeforeEach
    void name() {
        file = root.resolve("mirror.yaml");
    }

    @Test
    void aFileIsReadByItsName() throws Exception {
        Files.writeString(file, "listen: { port: 1234 }");

        assertThat(ConfigLoader.load(file).listen().port()).isEqualTo(1234);
    }

    @Test
    void aMissingFileIsAProblem() {
        assertProblem("cannot be read: it does not exist");
    }

    @Test
    void aDirectoryIsAProblem() throws IOException {
        Files.createDirectory(file);

        assertProblem("cannot be read: Is a directory");
    }

    @Test
    void bytesThatAreNoTextAreAProblem() throws IOException {
        Files.write(file, new byte[] {'a', (byte) 0xff});

        assertProblem("is not UTF-8 text (expected: YAML in UTF-8)");
    }

    @Test
    void aFileThatNeverEndsIsAProblem() {
        assumeThat(Path.of("/dev/zero")).exists();

        assertThatThrownBy(() -> ConfigLoader.load(Path.of("/dev/zero")))
                .hasMessage("/dev/zero: is too large (expected: at most 1MiB)");
    }

    @Test
    void aFileWithAByteOrderMarkIsRead() throws Exception {
        Files.writeString(file, "\ufefflisten: { port: 1234 }");

        assertThat(ConfigLoader.load(file).listen().port()).isEqualTo(1234);
    }

    @Test
    void anUnreadableKeyIsAProblem() throws IOException {
        Path key = Files.writeString(root.resolve("key.pem"), "-----BEGIN PRIVATE KEY-----");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("---------"));
        assumeThat(Files.isReadable(key)).isFalse();

        assertThatThrownBy(() -> ConfigLoader.parse("m", "listen: { tls: { key: %s } }".formatted(key), Map.of()))
                .hasMessageStartingWith("m:1: listen.tls.key: " + key + " cannot be read: this user may not");
    }

    @Test
    void anEncryptedKeyIsAProblem() throws IOException {
        Path key = Files.writeString(root.resolve("key.pem"), "-----BEGIN ENCRYPTED PRIVATE KEY-----");

        assertThatThrownBy(() -> ConfigLoader.parse("m", "listen: { tls: { key: %s } }".formatted(key), Map.of()))
                .hasMessageStartingWith("m:1: listen.tls.key: " + key
                        + " is encrypted (expected: a PEM private key without a password)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", " \r\n\n"})
    void anEmptyFileIsAProblemWhereverOneIsNamed(String text) throws IOException {
        Path empty = Files.writeString(root.resolve("key.yaml"), text);

        assertThatThrownBy(() -> ConfigLoader.parse(
                        "m",
                        "listen: { tls: { certificate: %1$s, key: %1$s } }\nupstreams: { a.b: { ca: %1$s } }"
                                .formatted(empty),
                        Map.of()))
                .hasMessage(String.join(
                        "\n",
                        "m:1: listen.tls.certificate: " + empty + " is empty (expected: a PEM certificate)",
                        "m:1: listen.tls.key: " + empty + " is empty (expected: a PEM private key)",
                        "m:2: upstreams.a.b.ca: " + empty + " is empty (expected: a PEM certificate)"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", " \r\n\n"})
    void anEmptySecretIsAProblem(String text) throws IOException {
        Path token = Files.writeString(root.resolve("token"), text);

        assertThatThrownBy(() -> secret(token))
                .hasMessage("m:1: admin.token: " + token + " is empty (expected: the secret, and nothing else)");
    }

    @Test
    void aSecretLosesTheLineBreakAtItsEndAndNothingElse() throws Exception {
        Path token = Files.writeString(root.resolve("token"), " a\nb \r\n");

        assertThat(secret(token)).isEqualTo(" a\nb ");
    }

    private static String secret(Path token) throws ConfigException {
        MirrorConfig config = ConfigLoader.parse("m", "admin: { token: \"${file:%s}\" }".formatted(token), Map.of());
        return config.admin().token().orElseThrow().reveal();
    }

    private void assertProblem(String message) {
        assertThatThrownBy(() -> ConfigLoader.load(file))
                .isInstanceOf(ConfigException.class)
                .hasMessage(file + ": " + message);
    }
}
