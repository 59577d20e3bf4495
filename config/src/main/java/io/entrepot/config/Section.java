package io.entrepot.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * One mapping of the file. Each key is read by its type and with its default; what is wrong becomes a problem and the
 * default is used; what was not read when the section is {@link #end ended} is an unknown key. A key without a value is as
 * good as absent.
 */
final class Section {

    private static final int LONGEST_GUESSED = 40;

    private final String path;
    private final int line;
    private final Reading reading;
    private final Map<String, Node> values = new LinkedHashMap<>();
    private final Map<String, Integer> lines = new LinkedHashMap<>();
    private final Set<String> known = new LinkedHashSet<>();

    private Section(String path, int line, Optional<Node> node, Reading reading) {
        this.path = path;
        this.line = line;
        this.reading = reading;
        node.filter(given -> !isEmpty(given)).ifPresent(this::fill);
    }

    static Section root(Optional<Node> document, Reading reading) {
        return new Section("", 1, document, reading);
    }

    private void fill(Node node) {
        if (node instanceof MappingNode mapping) {
            mapping.getValue().forEach(this::entry);
        } else {
            String where = path.isEmpty() ? "the file" : path;
            reading.problems().add(line(node), where + ": " + text(node) + " (expected: a mapping of keys)");
        }
    }

    private void entry(NodeTuple tuple) {
        int at = line(tuple.getKeyNode());
        String key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "";
        if (key.isEmpty()) {
            reading.problems().add(at, name("?") + ": a key that is no text (expected: a name)");
        } else if (values.containsKey(key)) {
            reading.problems().add(at, name(key) + ": given twice, first in line " + lines.get(key));
        } else {
            values.put(key, tuple.getValueNode());
            lines.put(key, at);
        }
    }

    /** Where it stands, as in {@code tags[2]}. */
    String path() {
        return path;
    }

    /** File and line, for people. */
    String where() {
        return reading.problems().file() + ":" + line;
    }

    Reading reading() {
        return reading;
    }

    /** True if the key stands here, be it without a value. */
    boolean mentions(String key) {
        return values.containsKey(key);
    }

    /** True if the key stands here with a value. */
    boolean has(String key) {
        return find(key).isPresent();
    }

    private Optional<Node> find(String key) {
        return Optional.ofNullable(values.get(key)).filter(value -> !isEmpty(value));
    }

    /** True if the key stands here with a list that is not empty. */
    boolean lists(String key) {
        return find(key)
                .filter(value ->
                        value instanceof SequenceNode list && !list.getValue().isEmpty())
                .isPresent();
    }

    /** The names of a mapping whose keys are the user's own. */
    List<String> names() {
        known.addAll(values.keySet());
        return List.copyOf(values.keySet());
    }

    /** Reports something about a key: where it stands, or where the section does. */
    void problem(String key, String message) {
        reading.problems().add(lines.getOrDefault(key, line), name(key) + ": " + message);
    }

    /** Reports what can be used and can hardly be meant. */
    void doubt(String key, String message) {
        reading.doubts().add(lines.getOrDefault(key, line), name(key) + ": " + message);
    }

    /** Reports something about the section itself. */
    void problem(String message) {
        reading.problems().add(line, path + ": " + message);
    }

    Section section(String key) {
        know(key);
        return new Section(name(key), lines.getOrDefault(key, line), find(key), reading);
    }

    List<Section> sections(String key) {
        List<Section> all = new ArrayList<>();
        for (Node element : elements(key)) {
            String name = name(key) + "[" + all.size() + "]";
            all.add(new Section(name, line(element), Optional.of(element), reading));
        }
        return all;
    }

    /** What the key says if it is one value, where it may be a section as well. */
    Optional<String> word(String key) {
        know(key);
        return find(key).filter(ScalarNode.class::isInstance).map(value -> ((ScalarNode) value).getValue());
    }

    <T> Optional<T> optional(String key, Function<String, T> parse) {
        know(key);
        return find(key).flatMap(value -> parsed(key, value, parse));
    }

    <T> T value(String key, T otherwise, Function<String, T> parse) {
        return optional(key, parse).orElse(otherwise);
    }

    <T> List<T> list(String key, Function<String, T> parse) {
        List<T> all = new ArrayList<>();
        for (Node element : elements(key)) {
            parsed(key, element, parse).ifPresent(all::add);
        }
        return all;
    }

    private List<Node> elements(String key) {
        know(key);
        Optional<Node> value = find(key);
        if (value.isPresent() && value.get() instanceof SequenceNode sequence) {
            return sequence.getValue();
        }
        value.ifPresent(other -> problem(key, text(other) + " (expected: a list)"));
        return List.of();
    }

    private <T> Optional<T> parsed(String key, Node value, Function<String, T> parse) {
        if (!(value instanceof ScalarNode scalar)) {
            reading.problems().add(line(value), name(key) + ": " + text(value) + " (expected: one value)");
            return Optional.empty();
        }
        try {
            return Optional.of(parse.apply(scalar.getValue()));
        } catch (IllegalArgumentException e) {
            reading.problems().add(line(value), name(key) + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    Optional<Secret> secret(String key) {
        return optional(key, reading.secrets()::resolve);
    }

    /** A file that only the machine of the mirror has. */
    Optional<Path> file(String key, Function<String, Path> look) {
        return optional(key, text -> reading.secrets().file(text, look));
    }

    boolean flag(String key) {
        return value(key, false, Section::bool);
    }

    Duration duration(String key, Duration otherwise) {
        return value(key, otherwise, Text::duration);
    }

    /** A duration that something is cut off after, so not zero. */
    Duration deadline(String key, Duration otherwise) {
        return value(key, otherwise, Text::deadline);
    }

    long size(String key, long otherwise) {
        return value(key, otherwise, Text::size);
    }

    int number(String key, int otherwise, int least, int most) {
        return value(key, otherwise, text -> Text.number(text, least, most));
    }

    <E extends Enum<E>> E choice(String key, E otherwise) {
        return value(key, otherwise, text -> choice(text, otherwise.getDeclaringClass()));
    }

    /** Reports every key that nobody asked for. */
    void end() {
        for (String key : values.keySet()) {
            if (!known.contains(key)) {
                problem(key, "unknown key " + suggestion(key));
            }
        }
    }

    private String suggestion(String key) {
        return known.stream()
                .filter(candidate -> key.length() <= LONGEST_GUESSED)
                .filter(candidate -> Distance.between(key, candidate) <= Math.max(1, candidate.length() / 3))
                .min(Comparator.comparingInt(candidate -> Distance.between(key, candidate)))
                .map(candidate -> "(did you mean " + candidate + "?)")
                .orElse("(expected: " + String.join(", ", known) + ")");
    }

    private void know(String key) {
        known.add(key);
        reading.keys().add(name(key));
    }

    private String name(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private static boolean bool(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(text + " (expected: true or false)");
        };
    }

    private static <E extends Enum<E>> E choice(String text, Class<E> type) {
        List<String> names = new ArrayList<>();
        for (E candidate : type.getEnumConstants()) {
            String name = candidate.name().toLowerCase(Locale.ROOT);
            if (name.equals(text)) {
                return candidate;
            }
            names.add(name);
        }
        throw new IllegalArgumentException(text + " (expected: " + String.join(" or ", names) + ")");
    }

    private static boolean isEmpty(Node node) {
        return node instanceof ScalarNode scalar
                && scalar.isPlain()
                && scalar.getValue().matches("|~|null");
    }

    private static int line(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
    }

    private static String text(Node node) {
        return node instanceof ScalarNode scalar
                ? scalar.getValue()
                : node instanceof SequenceNode ? "a list" : "a mapping";
    }
}
