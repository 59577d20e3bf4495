package io.entrepot.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.entrepot.config.MirrorConfig;
import io.entrepot.oci.ImageRef;
import io.entrepot.oci.RegistryException;
import io.entrepot.server.inspect.Explanation;
import io.entrepot.server.inspect.Json;
import io.entrepot.server.inspect.PolicyFacts;
import io.entrepot.server.inspect.Ruling;
import io.entrepot.server.inspect.Rulings;
import io.entrepot.server.inspect.StateDir;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code entrepot explain}: where a pull would go, how long its tag is believed, and what is held of it. */
@Command(
        name = "explain",
        description = {
            "Says what would become of a pull of IMAGE: its repository, its upstream, how long its tag is believed,"
                    + " what is held of it, and what the rules say: which one decides, why none before it did, and what"
                    + " would be sent.",
            "A running mirror is asked through its admin socket; where none runs, the configuration alone answers."
        })
final class ExplainCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(
            paramLabel = "IMAGE",
            description = "An image as it stands in a manifest: alpine, ghcr.io/acme/app:1.2.")
    private String image = "";

    @Mixin
    private final WhoOptions asker = new WhoOptions();

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Mixin
    private final Output output = new Output();

    @Override
    public void run() {
        MirrorConfig loaded = config.withoutSecrets();
        String json = fromMirror(loaded).orElseGet(() -> fromConfig(loaded));
        PrintWriter out = spec.commandLine().getOut();
        if (output.isJson()) {
            out.println(json);
        } else {
            print(out, Json.parse(json));
        }
    }

    private Optional<String> fromMirror(MirrorConfig config) {
        Optional<AdminSocket> found = AdminSocket.open(StateDir.of(config).adminSocket());
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try (AdminSocket mirror = found.get()) {
            String target = "/api/v1/explain?image=" + URLEncoder.encode(image, StandardCharsets.UTF_8) + asker.query();
            return Optional.of(mirror.send("GET", target).orFail().strip());
        }
    }

    private String fromConfig(MirrorConfig config) {
        try {
            Explanation explanation = Explanation.of(image, config);
            ImageRef asked = new ImageRef(explanation.repository(), explanation.reference());
            Rulings rulings = this.config.rulings(config);
            Map<String, Object> facts = explanation.facts();
            Ruling ruling = rulings.of(asked, asker.who(), Instant.now());
            facts.put("policy", PolicyFacts.byNames(asker.who(), ruling, rulings.pin(asked)));
            return Json.text(facts);
        } catch (RegistryException e) {
            throw CommandException.failed(e.getMessage());
        } catch (IllegalArgumentException e) {
            throw CommandException.usage(image + " is no image reference: " + e.getMessage());
        }
    }

    private static void print(PrintWriter out, JsonNode facts) {
        line(out, "image", facts.get("repository").asText() + separator(facts) + text(facts, "reference"));
        JsonNode upstream = facts.get("upstream");
        boolean offline = upstream.path("offline").asBoolean();
        line(
                out,
                "upstream",
                text(upstream, "url") + " (" + text(upstream, "credentials") + (offline ? ", offline" : "") + ")"
                        + byPattern(upstream));
        line(
                out,
                "freshness",
                offline && facts.has("freshness")
                        ? "as last seen, however long ago: nobody is asked"
                        : freshness(facts.get("freshness")));
        line(out, "held", held(facts.get("held")));
        PolicyText.print(out, facts.path("policy"));
    }

    private static String byPattern(JsonNode upstream) {
        String key = text(upstream, "key");
        return key.equals(text(upstream, "registry")) ? "" : ", by the pattern " + key;
    }

    private static String separator(JsonNode facts) {
        return text(facts, "reference").indexOf(':') < 0 ? ":" : "@";
    }

    private static String freshness(@Nullable JsonNode pattern) {
        if (pattern == null) {
            return "a digest cannot move";
        }
        String by = " (by " + text(pattern, "match") + ")";
        return switch (text(pattern, "mode")) {
            case "immutable" -> "as first seen, for ever" + by;
            case "never" -> "asked upstream each time" + by;
            default ->
                "believed for " + text(pattern, "fresh") + ", then asked; served stale for " + text(pattern, "stale")
                        + " where nobody answers" + by;
        };
    }

    private static String held(@Nullable JsonNode held) {
        if (held == null) {
            return "not known: no mirror runs with this configuration";
        }
        if (held.isEmpty()) {
            return "nothing";
        }
        StringBuilder line = new StringBuilder(text(held, "digest"));
        line.append(held.get("held").asBoolean() ? "" : ", but not its bytes");
        if (held.has("children")) {
            line.append(", ").append(held.get("childrenHeld")).append(" of ").append(held.get("children"));
            line.append(" parts");
        }
        if (held.has("lastSeen")) {
            line.append(", last confirmed ").append(text(held, "lastSeen"));
        }
        return line.toString();
    }

    private static String text(JsonNode node, String name) {
        return node.path(name).asText();
    }

    private static void line(PrintWriter out, String name, String value) {
        out.printf("%-10s %s%n", name, value);
    }
}
