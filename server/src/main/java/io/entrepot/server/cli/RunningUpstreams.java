package io.entrepot.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.entrepot.server.inspect.Json;
import java.nio.file.Path;
import java.util.Optional;

/** What a running mirror says of its upstreams, through its admin socket. */
record RunningUpstreams(Path socket) {

    /** Those that are open, as the mirror describes them; empty if none runs here. */
    Optional<JsonNode> list() {
        Optional<AdminSocket> mirror = AdminSocket.open(socket);
        if (mirror.isEmpty()) {
            return Optional.empty();
        }
        try (AdminSocket open = mirror.get()) {
            return Optional.of(
                    Json.parse(open.send("GET", "/api/v1/upstreams").orFail()).path("upstreams"));
        }
    }
}
