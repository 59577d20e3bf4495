package io.entrepot.server.audit.query;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Rules that allow the repositories from which something was pulled and nothing else, and what each tag was last.
 *
 * @param policy a section {@code policy} as {@code config/reference.yaml} writes it
 * @param pins images with a tag, and the digest that they were given last
 */
public record Suggestion(String policy, Map<String, String> pins) {

    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    private static final Set<String> GIVEN = Set.of("checked", "partly", "wholly");
    private static final Pattern NAME = Pattern.compile("[^a-z0-9]+");

    public Suggestion {
        pins = Map.copyOf(pins);
    }

    /**
     * From what was pulled.
     *
     * @param asked the answer to the report {@code asked}, as JSON; what was refused or failed is left out, and so is what only an
     *     exemption let by: that was for once, and this is for good
     */
    public static Suggestion of(byte[] asked) throws IOException {
        Map<String, TreeSet<String>> registries = new TreeMap<>();
        TreeSet<String> exempted = new TreeSet<>();
        Map<String, JsonNode> last = new TreeMap<>();
        for (JsonNode row : Rows.of(asked)) {
            String registry = row.path("registry").asText();
            String repository = row.path("repository").asText();
            if (!GIVEN.contains(row.path("outcome").asText())) {
                continue;
            }
            if (row.has("exemption")) {
                exempted.add(registry + "/" + repository);
                continue;
            }
            registries.computeIfAbsent(registry, name -> new TreeSet<>()).add(repository);
            if (row.has("tag") && row.has("digest")) {
                last.merge(registry + "/" + repository + ":" + row.path("tag").asText(), row, Suggestion::later);
            }
        }
        registries.forEach((registry, names) -> names.forEach(name -> exempted.remove(registry + "/" + name)));
        Map<String, String> pins = new TreeMap<>();
        last.forEach((image, row) -> pins.put(image, row.path("digest").asText()));
        return new Suggestion(policy(registries, exempted), pins);
    }

    private static JsonNode later(JsonNode one, JsonNode other) {
        return one.path("last").asText().compareTo(other.path("last").asText()) >= 0 ? one : other;
    }

    private static String policy(Map<String, TreeSet<String>> registries, TreeSet<String> exempted)
            throws JsonProcessingException {
        StringBuilder yaml = new StringBuilder();
        for (String name : exempted) {
            yaml.append("# left out, since only an exemption let it by: ")
                    .append(quoted(name))
                    .append('\n');
        }
        yaml.append("policy:\n  default: deny\n  rules:").append(registries.isEmpty() ? " []\n" : "\n");
        Set<String> names = new HashSet<>();
        for (var registry : registries.entrySet()) {
            yaml.append("    - name: ")
                    .append(name(registry.getKey(), names))
                    .append("\n      match:\n        repositories:\n");
            for (String repository : registry.getValue()) {
                yaml.append("          - ")
                        .append(quoted(registry.getKey() + "/" + repository))
                        .append('\n');
            }
            yaml.append("      allow: true\n");
        }
        return yaml.toString();
    }

    /** No two rules have one name, whatever registries are called. */
    private static String name(String registry, Set<String> taken) {
        String name = "pulled-from-" + NAME.matcher(registry).replaceAll("-");
        String free = name;
        for (int i = 2; !taken.add(free); i++) {
            free = name + "-" + i;
        }
        return free;
    }

    /** Text in JSON's quotes is text in YAML, whatever is in it. */
    private static String quoted(String text) throws JsonProcessingException {
        return JSON.writeValueAsString(text);
    }
}
