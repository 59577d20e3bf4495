package io.entrepot.server.recorded;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.entrepot.server.audit.journal.JournalReader;
import io.entrepot.server.audit.journal.JournalRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a mirror has put on record so far, read from its disk as anybody could. */
final class Recorded {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<JsonNode> all;

    private Recorded(List<JsonNode> all) {
        this.all = all;
    }

    /** @param data the directory of a mirror's state */
    static Recorded in(Path data) throws IOException {
        List<JsonNode> all = new ArrayList<>();
        try (JournalReader reader = JournalReader.open(data.resolve("audit/journal"), 0)) {
            for (Optional<JournalRecord> next = reader.next(); next.isPresent(); next = reader.next()) {
                all.add(JSON.readTree(next.get().bytes()));
            }
        }
        return new Recorded(all);
    }

    List<JsonNode> all() {
        return all;
    }

    List<JsonNode> of(String type) {
        return all.stream()
                .filter(record -> record.path("type").asText().equals(type))
                .toList();
    }

    /** The records in few words, in order: a field each, what is not there as {@code -}. */
    static List<String> told(List<JsonNode> records, String... fields) {
        return records.stream()
                .map(record -> {
                    List<String> words = new ArrayList<>();
                    for (String field : fields) {
                        words.add(record.path(field).asText("-"));
                    }
                    return String.join(" ", words).replaceAll("(?<= |^)(?= |$)", "-");
                })
                .toList();
    }
}
