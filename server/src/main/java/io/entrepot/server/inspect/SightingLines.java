package io.entrepot.server.inspect;

import com.fasterxml.jackson.databind.JsonNode;
import io.entrepot.server.pull.Sighting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Sightings as JSON lines, in the file beside the store and on the admin port. */
public final class SightingLines {

    private SightingLines() {}

    /** One line, without its end. */
    public static String line(Sighting sighting) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("kind", sighting.kind());
        facts.put("name", sighting.name());
        facts.put("count", sighting.count());
        facts.put("first", sighting.first().toString());
        facts.put("last", sighting.last().toString());
        return Json.text(facts);
    }

    public static String text(Collection<Sighting> sightings) {
        StringBuilder text = new StringBuilder();
        sightings.forEach(each -> text.append(line(each)).append('\n'));
        return text.toString();
    }

    /** The sighting of a line. @throws IllegalArgumentException if it is no such line */
    public static Sighting parse(String line) {
        JsonNode facts = Json.parse(line);
        try {
            return new Sighting(
                    facts.path("kind").asText(),
                    facts.path("name").asText(),
                    facts.path("count").asLong(),
                    Instant.parse(facts.path("first").asText()),
                    Instant.parse(facts.path("last").asText()));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("no sighting: " + line, e);
        }
    }

    /** What a file says; nothing where there is none. Lines that are damaged are left out. */
    public static List<Sighting> read(Path file) throws IOException {
        List<Sighting> sightings = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file)) {
                add(line, sightings);
            }
        } catch (NoSuchFileException e) {
            return List.of();
        }
        return sightings;
    }

    private static void add(String line, List<Sighting> sightings) {
        try {
            sightings.add(parse(line));
        } catch (IllegalArgumentException e) {
            // a line that was not written whole names nothing
        }
    }
}
