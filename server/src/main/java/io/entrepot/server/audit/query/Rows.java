package io.entrepot.server.audit.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The rows of an answer that came as JSON, all of them or an error. */
final class Rows {

    private static final ObjectMapper JSON = new ObjectMapper();

    private Rows() {}

    static List<JsonNode> of(byte[] answer) throws IOException {
        JsonNode node = JSON.readTree(answer);
        if (node.has("next") || node.path("parameters").has("rows")) {
            throw new IOException("there is more on record than can be looked at at once; ask for a shorter time");
        }
        List<JsonNode> rows = new ArrayList<>();
        node.path("rows").forEach(rows::add);
        return rows;
    }

    static Judged.Asked asked(JsonNode row) {
        return new Judged.Asked(
                row.path("registry").asText(),
                row.path("repository").asText(),
                row.path("tag").asText(),
                row.path("digest").asText(),
                row.path("namespace").asText(),
                row.path("principal").asText());
    }

    static Answer table(
            String name,
            String title,
            String about,
            Map<String, String> parameters,
            List<Answer.Figure> figures,
            List<Answer.Column> columns,
            List<List<@org.jspecify.annotations.Nullable Object>> rows) {
        return new Answer(name, title, about, parameters, figures, List.of(), columns, rows, -1);
    }
}
