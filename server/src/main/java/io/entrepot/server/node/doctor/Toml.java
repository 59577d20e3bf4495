package io.entrepot.server.node.doctor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import java.util.ArrayList;
import java.util.List;

/** TOML as a tree. */
final class Toml {

    private static final TomlMapper MAPPER = new TomlMapper();

    private Toml() {}

    /** @throws IllegalArgumentException if it is no TOML, with the line */
    static JsonNode parse(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw new IllegalArgumentException((line > 0 ? "line " + line + ": " : "")
                    + e.getOriginalMessage().lines().findFirst().orElse("no TOML"));
        }
    }

    /** What lies there; missing if something on the way is. */
    static JsonNode at(JsonNode tree, String... keys) {
        JsonNode node = tree;
        for (String key : keys) {
            node = node.isObject() ? node.path(key) : MissingNode.getInstance();
        }
        return node;
    }

    /** A text, or texts in a list. @throws IllegalArgumentException if it is neither */
    static List<String> texts(JsonNode node, String name) {
        if (node.isMissingNode()) {
            return List.of();
        }
        List<String> texts = new ArrayList<>();
        if (node.isTextual()) {
            texts.add(node.textValue());
        } else if (node.isArray()) {
            node.forEach(element -> texts.add(text(element, name)));
        } else {
            throw new IllegalArgumentException(name + ": " + node + " (expected: a string, or several)");
        }
        return texts;
    }

    static String text(JsonNode node, String name) {
        if (node.isMissingNode()) {
            return "";
        }
        if (!node.isTextual()) {
            throw new IllegalArgumentException(name + ": " + node + " (expected: a string)");
        }
        return node.textValue();
    }

    static boolean flag(JsonNode node, String name) {
        if (node.isMissingNode()) {
            return false;
        }
        if (!node.isBoolean()) {
            throw new IllegalArgumentException(name + ": " + node + " (expected: true or false)");
        }
        return node.booleanValue();
    }
}
