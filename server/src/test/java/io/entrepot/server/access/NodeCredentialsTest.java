package io.entrepot.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was issued to nodes: kept as hashes, over a restart, until it is revoked. */
class NodeCredentialsTest {

    private static final Instant NOW = Instant.parse("2026-11-26T10:00:00.5Z");

    @TempDir
    private Path root;

    private final AtomicInteger revoked = new AtomicInteger();
    private NodeCredentials nodes;

    @BeforeEach
    void open() throws IOException {
        nodes = NodeCredentials.open(file(), revoked::incrementAndGet);
    }

    @Test
    void aNodeIsKnownByItsCredential() throws IOException {
        String credential = nodes.issue("worker-1", NOW);

        assertThat(nodes.find(credential)).contains("worker-1");
        assertThat(nodes.find(credential + "x")).isEmpty();
        assertThat(nodes.find("")).isEmpty();
    }

    @Test
    void onlyTheHashIsKeptForItsOwnerAlone() throws IOException {
        String credential = nodes.issue("worker-1", NOW);

        assertThat(Files.readString(file())).contains("worker-1").doesNotContain(credential);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
    }

    @Test
    void holdsOverARestart() throws IOException {
        String credential = nodes.issue("worker-1", NOW);

        assertThat(NodeCredentials.open(file(), () -> {}).find(credential)).contains("worker-1");
    }

    @Test
    void theOneBeforeHoldsUntilThereIsAThird() throws IOException {
        String first = nodes.issue("worker-1", NOW);
        String second = nodes.issue("worker-1", NOW.plusSeconds(60));
        assertThat(nodes.find(first)).isPresent();

        String third = nodes.issue("worker-1", NOW.plusSeconds(120));

        assertThat(nodes.find(first)).isEmpty();
        assertThat(nodes.find(second)).isPresent();
        assertThat(nodes.find(third)).isPresent();
    }

    @Test
    void whatIsRevokedIsGoneAtOnceAndStaysGone() throws IOException {
        String credential = nodes.issue("worker-1", NOW);
        String other = nodes.issue("worker-2", NOW);

        assertThat(nodes.revoke("worker-1")).isEqualTo(1);
        assertThat(nodes.revoke("worker-1")).isZero();

        assertThat(nodes.find(credential)).isEmpty();
        assertThat(nodes.find(other)).isPresent();
        assertThat(NodeCredentials.open(file(), () -> {}).list())
                .extracting(NodeCredentials.Node::name)
                .containsExactly("worker-2");
        assertThat(revoked).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "A", "a\nb", "-a", "a-", "../a"})
    void takesNoNameThatCouldNotBeANodes(String name) {
        assertThatThrownBy(() -> nodes.issue(name, NOW)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"worker-1", "worker-1 abc 2026-11-26T10:00:00Z", "worker-1 %s yesterday", "a b c d"})
    void aFileThatCannotBeReadIsNoEmptyOne(String line) throws IOException {
        Files.writeString(file(), "# nodes\n" + line.formatted("0".repeat(64)) + "\n");

        assertThatThrownBy(() -> NodeCredentials.open(file(), () -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("line 2");
    }

    private Path file() {
        return root.resolve("cache.nodes");
    }
}
