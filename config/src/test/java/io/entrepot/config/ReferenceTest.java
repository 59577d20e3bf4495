package io.entrepot.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** {@code reference.yaml} is what it says: every key, with its default. */
class ReferenceTest {

    private static final Path REFERENCE = Path.of("reference.yaml");

    @Test
    void showsTheDefaults() throws ConfigException {
        assertThat(ConfigLoader.load(REFERENCE)).isEqualTo(ConfigLoader.defaults());
    }

    @Test
    void hasEveryKeyThatIsRead() throws Exception {
        Optional<Node> document = new YamlReader("reference.yaml").read(Files.readString(REFERENCE));
        Reading reading = Reading.of("reference.yaml", Map.of());
        new ConfigReader(Section.root(document, reading)).read();

        assertThat(keys("", document.orElseThrow())).containsExactlyInAnyOrderElementsOf(asked(reading));
    }

    /** The other upstreams are there by name alone. */
    private static Set<String> asked(Reading reading) {
        Set<String> keys = new TreeSet<>(reading.keys());
        keys.removeIf(key -> key.startsWith("upstreams.") && !key.startsWith("upstreams.docker.io"));
        keys.addAll(Set.of(
                "upstreams.ghcr.io",
                "upstreams.quay.io",
                "upstreams.registry.k8s.io",
                "upstreams.gcr.io",
                "upstreams.public.ecr.aws",
                "upstreams.mcr.microsoft.com"));
        return keys;
    }

    @Test
    void explainsEveryKeyInOneLine() throws IOException {
        assertThat(Files.readAllLines(REFERENCE))
                .filteredOn(line -> line.matches(" *[a-z0-9-]+:( .*)?"))
                .filteredOn(line -> !line.matches("  [a-z0-9.]+: \\{}"))
                .filteredOn(line -> !line.matches("(storage|log|  disk|  tokens|  docker\\.io):"))
                .allSatisfy(line -> assertThat(line).contains(" # "));
    }

    @Test
    void liesInTheJarToo() throws IOException {
        try (var in = ConfigLoader.class.getResourceAsStream("reference.yaml")) {
            assertThat(in).isNotNull().hasSameContentAs(Files.newInputStream(REFERENCE));
        }
    }

    private static Set<String> keys(String path, Node node) {
        Set<String> keys = new TreeSet<>();
        if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                String key = path + ((ScalarNode) tuple.getKeyNode()).getValue();
                keys.add(key);
                keys.addAll(keys(key + ".", tuple.getValueNode()));
            }
        } else if (node instanceof SequenceNode list && !list.getValue().isEmpty()) {
            Node first = list.getValue().get(0);
            keys.addAll(keys(path.substring(0, path.length() - 1) + "[0].", first));
        }
        return keys;
    }
}
