package io.entrepot.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.config.ConfigException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which node has an address, as the operator's file says it. */
class NodeNamesTest {

    @TempDir
    private Path dir;

    private Path file;

    @BeforeEach
    void name() {
        file = dir.resolve("nodes");
    }

    private void write(String text) throws Exception {
        Path next = Files.writeString(dir.resolve("next"), text);
        Files.move(next, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    private static String name(NodeNames names, String address) throws Exception {
        return names.of(InetAddress.getByName(address));
    }

    @Test
    void theSmallestNetworkCounts() throws Exception {
        write("10.244.0.0/16 any\n10.244.1.0/24\tworker-1  # pods\n\n10.244.1.9 special\nfd00:1::/64 six\n");
        NodeNames names = NodeNames.in(file);

        assertThat(name(names, "10.244.1.9")).isEqualTo("special");
        assertThat(name(names, "10.244.1.8")).isEqualTo("worker-1");
        assertThat(name(names, "10.244.2.8")).isEqualTo("any");
        assertThat(name(names, "10.245.2.8")).isEmpty();
        assertThat(name(names, "fd00:1::77")).isEqualTo("six");
        assertThat(name(names, "fd00:2::77")).isEmpty();
        assertThat(name(names, "::ffff:10.244.1.8")).isEqualTo("worker-1");
    }

    @Test
    void anotherFileIsReadAgainAndOneThatCannotBeUsedChangesNothing() throws Exception {
        write("10.0.0.7 worker-1\n");
        NodeNames names = NodeNames.in(file);
        write("10.0.0.7 worker-one\n");
        names.follow();
        assertThat(name(names, "10.0.0.7")).isEqualTo("worker-one");

        write("10.0.0.7\n");
        names.follow();
        Files.delete(file);
        names.follow();
        assertThat(name(names, "10.0.0.7")).isEqualTo("worker-one");

        write("10.0.0.8 worker-2 # a longer line\n");
        names.follow();
        assertThat(name(names, "10.0.0.7")).isEmpty();
        assertThat(name(names, "10.0.0.8")).isEqualTo("worker-2");
    }

    @Test
    void whatIsWrongIsSaidByLine() throws Exception {
        write("10.0.0.7 a\n10.0.0.7 b\n10.0.0.1/8 c\nhost d\n10.0.0.9 -x\n");

        assertThatThrownBy(() -> NodeNames.in(file))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(file + ":2: 10.0.0.7/32 is a and b (expected: one node)")
                .hasMessageContaining(file + ":3: 10.0.0.1/8 (expected: no bits behind the prefix")
                .hasMessageContaining(file + ":4: host (expected: a network")
                .hasMessageContaining(file + ":5: 10.0.0.9 -x (expected: a network and the name of a node)");
    }
}
