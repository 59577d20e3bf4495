package io.entrepot.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.entrepot.server.http.ReasonPhrase;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** What {@code explain} prints of the rules. */
final class PolicyText {

    private PolicyText() {}

    static void print(PrintWriter out, JsonNode policy) {
        if (policy.isMissingNode()) {
            return;
        }
        line(out, "asked by", text(policy, "as"));
        if (policy.has("pin")) {
            JsonNode pin = policy.get("pin");
            line(out, "pinned", text(pin, "digest") + by(pin));
        }
        if (policy.has("judged")) {
            line(out, "judged", text(policy, "judged"));
        }
        policy.path("under").forEach(standing -> line(out, "under", standing(standing)));
        policy.path("steps").forEach(step -> line(out, "rule", step(step)));
        policy.path("warnings").forEach(warning -> line(out, "warning", warning.asText()));
        line(out, "verdict", verdict(policy));
        line(out, "sent", sent(policy));
    }

    private static String by(JsonNode pin) {
        String by = text(pin, "by");
        String why = text(pin, "why");
        return (by.isEmpty() ? "" : " by " + by) + (why.isEmpty() ? "" : ": " + why);
    }

    /** {@code 3.20, first seen 2026-11-26T10:00:00Z (80h ago), pinned}. */
    private static String standing(JsonNode standing) {
        List<String> all = new ArrayList<>(List.of("tag " + text(standing, "tag")));
        all.add(
                standing.has("since")
                        ? "its age counts since " + text(standing, "since") + " (" + text(standing, "age") + ")"
                        : "its age does not count yet");
        if (standing.path("pinned").asBoolean()) {
            all.add("pinned to it");
        }
        if (standing.path("first").asBoolean()) {
            all.add("first seen with it");
        }
        return String.join(", ", all);
    }

    private static String step(JsonNode step) {
        String why = text(step, "why");
        String became = switch (text(step, "outcome")) {
            case "off" -> "off";
            case "no-match" -> "does not match: " + why;
            case "open" -> "may match: it depends on " + why;
            case "warns" -> "would refuse, and warns";
            case "decides" -> "decides";
            default -> "not reached";
        };
        return text(step, "rule") + " (" + text(step, "where") + "): " + became;
    }

    private static String verdict(JsonNode policy) {
        String rule = text(policy, "rule");
        String by = rule.isEmpty() ? ", by no rule" : ", by rule " + rule;
        return switch (text(policy, "verdict")) {
            case "depends" -> "depends on " + list(policy.path("dependsOn"));
            case "allow" -> "allowed" + by + exemption(policy);
            case "undecided" -> "cannot be said now" + by;
            default -> "refused" + by;
        };
    }

    private static String exemption(JsonNode policy) {
        String reason = text(policy, "message");
        return reason.isEmpty() ? "" : ", by an exemption: " + reason;
    }

    private static String list(JsonNode texts) {
        List<String> all = new ArrayList<>();
        texts.forEach(text -> all.add(text.asText()));
        return String.join("; ", all);
    }

    private static String sent(JsonNode policy) {
        int status = policy.path("status").asInt();
        return switch (status) {
            case 0 -> "it depends on that";
            case 200 -> "200, if it is there";
            default -> status + " " + ReasonPhrase.of(text(policy, "message"));
        };
    }

    private static String text(JsonNode node, String name) {
        return node.path(name).asText();
    }

    private static void line(PrintWriter out, String name, String value) {
        out.printf("%-10s %s%n", name, value);
    }
}
