package io.entrepot.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.entrepot.config.MirrorConfig;
import io.entrepot.oci.Digest;
import io.entrepot.oci.ImageRef;
import io.entrepot.server.inspect.Json;
import io.entrepot.server.inspect.StateDir;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The pins of a running mirror, through its admin socket. */
record RunningPins(AdminLines mirror) {

    /** Those of the mirror that runs with this configuration. @throws CommandException if none does */
    static RunningPins of(MirrorConfig config) {
        return AdminLines.find(StateDir.of(config).adminSocket())
                .map(RunningPins::new)
                .orElseThrow(() -> CommandException.failed(
                        "no mirror runs with this configuration: it is the mirror that knows tags and asks upstreams"));
    }

    /** As {@link io.entrepot.server.inspect.PinLines} describes them. */
    List<JsonNode> all() {
        List<JsonNode> lines = new ArrayList<>();
        mirror.stream("GET", "/api/v1/pins", line -> lines.add(Json.parse(line)));
        return lines;
    }

    /** What the upstream says now that a tag means, in the repository that the mirror takes it for. */
    ImageRef upstream(ImageRef image) {
        JsonNode now = ask("GET", "/api/v1/pins/upstream?image=" + escaped(image));
        return ImageRef.parse(
                now.path("repository").asText() + "@" + now.path("digest").asText());
    }

    JsonNode promote(ImageRef image, Optional<Digest> digest, String by) {
        String which = digest.map(given -> "&digest=" + escaped(given)).orElse("");
        return ask("POST", "/api/v1/pins/promote?image=" + escaped(image) + "&by=" + escaped(by) + which);
    }

    private JsonNode ask(String method, String target) {
        StringBuilder answer = new StringBuilder();
        mirror.stream(method, target, answer::append);
        return Json.parse(answer.toString());
    }

    private static String escaped(Object value) {
        return URLEncoder.encode(value.toString(), StandardCharsets.UTF_8);
    }
}
