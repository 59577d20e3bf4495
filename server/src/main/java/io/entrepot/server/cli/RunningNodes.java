package io.entrepot.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.entrepot.server.inspect.Json;
import io.entrepot.server.inspect.StateDir;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The credentials of nodes of a running mirror, through its admin socket. */
record RunningNodes(Path socket) {

    static RunningNodes of(ConfigOption config) {
        return new RunningNodes(StateDir.of(config.withoutSecrets()).adminSocket());
    }

    /** A new credential, a secret. */
    String issue(String name) {
        return ask("POST", "?name=" + encoded(name)).path("credential").asText();
    }

    /** Those that hold, as the mirror describes them. */
    JsonNode list() {
        return ask("GET", "").path("nodes");
    }

    /** How many credentials the node had. */
    int revoke(String name) {
        return ask("DELETE", "?name=" + encoded(name)).path("revoked").asInt();
    }

    private JsonNode ask(String method, String query) {
        try (AdminSocket mirror = AdminSocket.open(socket)
                .orElseThrow(() -> CommandException.failed("no mirror runs here: nothing listens on " + socket
                        + " (expected: --config FILE of one that does)"))) {
            return Json.parse(mirror.send(method, "/api/v1/nodes" + query).orFail());
        }
    }

    private static String encoded(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8);
    }
}
