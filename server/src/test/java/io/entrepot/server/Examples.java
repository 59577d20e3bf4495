package io.entrepot.server;

import io.entrepot.loadtest.FakeRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The policies under {@code config/examples}, each with a table of what it is to say. */
final class Examples {

    static final Path HOME =
            Path.of("..", "config", "examples").toAbsolutePath().normalize();

    private Examples() {}

    /** Their names, in order. */
    static List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(HOME)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".yaml") && !name.endsWith(".table.yaml"))
                    .map(name -> name.substring(0, name.length() - ".yaml".length()))
                    .sorted()
                    .toList();
        }
    }

    static Path table(String name) {
        return HOME.resolve(name + ".table.yaml");
    }

    /** A copy whose paths are right from any directory. */
    static Path copy(String name, Path directory) throws IOException {
        return Files.writeString(directory.resolve(name + ".yaml"), text(name));
    }

    /** A mirror with that policy, for which this registry is Docker Hub. */
    static Mirror start(String name, Path directory, FakeRegistry hub) throws Exception {
        return start(name, directory, hub, "", "");
    }

    /** The same, with something in the policy's text put in the place of something else. */
    static Mirror start(String name, Path directory, FakeRegistry hub, String from, String to) throws Exception {
        String upstream = "docker.io: { url: \"" + hub.url() + "\", internal: true }";
        String text = text(name).replace("docker.io: {}", upstream);
        if (!text.contains(from)) {
            throw new IllegalArgumentException(from + " (expected: something of " + name + ")");
        }
        return TestConfig.under(directory, text.replace(from, to)).start();
    }

    private static String text(String name) throws IOException {
        return Files.readString(HOME.resolve(name + ".yaml")).replace("config/examples", HOME.toString());
    }
}
