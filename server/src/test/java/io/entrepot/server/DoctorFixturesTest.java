package io.entrepot.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.server.cli.Cli;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What {@code entrepot doctor} says of the nodes under {@code src/test/resources/doctor}: one directory for each way to
 * configure one, most of them traps. {@code diagnosis.txt} is what it prints, {@code options} what it is told.
 */
class DoctorFixturesTest {

    static Stream<String> nodes() throws IOException, URISyntaxException {
        try (Stream<Path> all = Files.list(home())) {
            return all.map(node -> node.getFileName().toString()).sorted().toList().stream();
        }
    }

    private static Path home() throws URISyntaxException {
        return Path.of(DoctorFixturesTest.class.getResource("/doctor").toURI());
    }

    @ParameterizedTest
    @MethodSource("nodes")
    void saysOfANode(String name) throws Exception {
        Path node = home().resolve(name);
        String expected = Files.readString(node.resolve("diagnosis.txt"));
        StringWriter out = new StringWriter();

        int code = new Cli((config, file, self) -> 0).out(new PrintWriter(out)).run(arguments(node));

        assertThat(out).hasToString(expected);
        assertThat(code).isEqualTo(expected.endsWith("\nnot closed\n") ? 1 : 0);
    }

    private static String[] arguments(Path node) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("doctor", "--no-canary", "--root", node.toString()));
        arguments.addAll(List.of("--registry", "docker.io", "--registry", "ghcr.io"));
        Path options = node.resolve("options");
        if (Files.exists(options)) {
            arguments.addAll(List.of(Files.readString(options).strip().split(" ")));
        }
        return arguments.toArray(String[]::new);
    }
}
