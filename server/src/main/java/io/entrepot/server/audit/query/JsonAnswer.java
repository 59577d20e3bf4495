package io.entrepot.server.audit.query;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An answer as JSON. In a row, what there is none of is left out.
 *
 * <pre>
 * {"schema":"entrepot.audit.answer/1","name":"denials","title":"…","about":"…","parameters":{"from":"…"},
 *  "figures":[{"label":"Refused","value":12}],
 *  "columns":[{"name":"image","kind":"text","meaning":"…"}],
 *  "rows":[{"image":"docker.io/library/alpine","refusals":3}],
 *  "next":4711}
 * </pre>
 */
final class JsonAnswer {

    /** Marks that turn the direction of text, and the like, arrive as escapes. */
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private JsonAnswer() {}

    static String of(Answer answer) {
        ObjectNode node = JSON.createObjectNode()
                .put("schema", "entrepot.audit.answer/1")
                .put("name", answer.name())
                .put("title", answer.title())
                .put("about", answer.about());
        ObjectNode parameters = node.putObject("parameters");
        answer.parameters().forEach(parameters::put);
        ArrayNode figures = node.putArray("figures");
        answer.figures().forEach(figure -> {
            ObjectNode each = figures.addObject().put("label", figure.label());
            put(each, "value", figure.value());
        });
        ArrayNode columns = node.putArray("columns");
        answer.columns()
                .forEach(column -> columns.addObject()
                        .put("name", column.name())
                        .put(
                                "kind",
                                column.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'))
                        .put("meaning", column.meaning()));
        ArrayNode rows = node.putArray("rows");
        answer.rows().forEach(row -> row(answer.columns(), row, rows.addObject()));
        if (answer.next() >= 0) {
            node.put("next", answer.next());
        }
        return text(node);
    }

    private static String text(ObjectNode node) {
        try {
            return JSON.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void row(List<Answer.Column> columns, List<@Nullable Object> row, ObjectNode into) {
        for (int i = 0; i < columns.size(); i++) {
            put(into, columns.get(i).name(), row.get(i));
        }
    }

    private static void put(ObjectNode node, String name, @Nullable Object value) {
        if (value instanceof Boolean yes) {
            node.put(name, yes);
        } else if (value instanceof Double number) {
            node.put(name, number);
        } else if (value instanceof Number number) {
            node.put(name, number.longValue());
        } else if (value instanceof Collection<?> list) {
            list(node.putArray(name), list);
        } else if (value instanceof Map<?, ?> map) {
            object(node.putObject(name), map);
        } else if (value instanceof Instant || value instanceof String) {
            node.put(name, value.toString());
        }
    }

    private static void list(ArrayNode array, Collection<?> list) {
        for (Object each : list) {
            if (each instanceof Map<?, ?> map) {
                object(array.addObject(), map);
            } else {
                array.add(Values.plain(each));
            }
        }
    }

    private static void object(ObjectNode object, Map<?, ?> map) {
        map.forEach((key, value) -> put(object, String.valueOf(key), value));
    }
}
