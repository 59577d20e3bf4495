package io.entrepot.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Who nodes are, by address: a network or an address, and a name, on a line; blank lines and what stands behind a {@code #} mean
 * nothing.
 *
 * <pre>
 * 10.0.0.7      worker-1
 * 10.244.1.0/24 worker-1   # its pods
 * </pre>
 */
public final class NodeFile {

    private static final long LARGEST = 16L << 20;
    private static final int MOST_PROBLEMS = 20;
    private static final String NAME = "[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?";

    private NodeFile() {}

    /**
     * Reads a file of at most 16 MiB. Blocks.
     *
     * @throws ConfigException with what is wrong in it, the first twenty lines of that
     */
    public static Map<Network, String> read(Path file) throws ConfigException {
        try {
            return parse(file.toString(), ReadableFile.text(file.toString(), LARGEST, "16MiB"));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(
                    List.of(new ConfigProblem(file.toString(), 0, Problems.printable(String.valueOf(e.getMessage())))));
        }
    }

    /** Reads it from memory. @throws ConfigException with what is wrong in it */
    static Map<Network, String> parse(String name, String text) throws ConfigException {
        Map<Network, String> nodes = new HashMap<>();
        List<ConfigProblem> problems = new ArrayList<>();
        int number = 0;
        for (String line : (Iterable<String>) text.lines()::iterator) {
            number++;
            try {
                add(line, nodes);
            } catch (IllegalArgumentException e) {
                problems.add(new ConfigProblem(name, number, Problems.printable(String.valueOf(e.getMessage()))));
            }
            if (problems.size() == MOST_PROBLEMS) {
                break;
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return Map.copyOf(nodes);
    }

    private static void add(String line, Map<Network, String> nodes) {
        int hash = line.indexOf('#');
        String said = (hash < 0 ? line : line.substring(0, hash)).strip();
        if (said.isEmpty()) {
            return;
        }
        String[] words = said.split("\\s+", -1);
        if (words.length != 2 || !words[1].matches(NAME)) {
            throw new IllegalArgumentException(said + " (expected: a network and the name of a node)");
        }
        Network network = Network.parse(words[0]);
        String before = nodes.put(network, words[1]);
        if (before != null && !before.equals(words[1])) {
            throw new IllegalArgumentException(
                    network + " is " + before + " and " + words[1] + " (expected: one node)");
        }
    }
}
