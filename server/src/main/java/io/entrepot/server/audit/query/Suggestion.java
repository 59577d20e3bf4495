package io.entrepot.server.audit.query;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Rules that allow what was pulled and nothing else, and what each tag was last.
 *
 * @param policy a section {@code policy} as {@code config/reference.yaml} writes it
 * @param pins images with a tag, and the digest that they were given last
 */
public record Suggestion(String policy, Map<String, String> pins) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern NAME = Pattern.compile("[^a-z0-9]+");

    public Suggestion {
        pins = Map.copyOf(pins);
    }

    /**
     * From what was pulled.
     *
     * @param asked the answer to the report {@code asked}, as JSON; what was refused or failed is left out
     */
    public static Suggestion of(byte[] asked) throws IOException {
        Map<String, TreeSet<String>> registries = new TreeMap<>();
        Map<String, JsonNode> last = new TreeMap<>();
        for (JsonNode row : Rows.of(asked)) {
            if (List.of("checked", "partly", "wholly")
                    .contains(row.path("outcome").asText())) {
                String registry = row.path("registry").asText();
                String repository = row.path("repository").asText();
                registries.computeIfAbsent(registry, name -> new TreeSet<>()).add(repository);
                if (row.has("tag") && row.has("digest")) {
                    last.merge(
                            registry + "/" + repository + ":" + row.path("tag").asText(), row, Suggestion::later);
                }
            }
        }
        Map<String, String> pins = new TreeMap<>();
        last.forEach((image, row) -> pins.put(image, row.path("digest").asText()));
        return new Suggestion(policy(registries), pins);
    }

    private static JsonNode later(JsonNode one, JsonNode other) {
        return one.path("last").asText().compareTo(other.path("last").asText()) >= 0 ? one : other;
    }

    private static String policy(Map<String, TreeSet<String>> registries) throws JsonProcessingException {
        StringBuilder yaml = new StringBuilder("policy:\n  default: deny\n  rules:");
        yaml.append(registries.isEmpty() ? " []\n" : "\n");
        for (var registry : registries.entrySet()) {
            yaml.append("    - name: pulled-from-")
                    .append(NAME.matcher(registry.getKey()).replaceAll("-"))
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

    /** Text in JSON's quotes is text in YAML, whatever is in it. */
    private static String quoted(String text) throws JsonProcessingException {
        return JSON.writeValueAsString(text);
    }
}
