package io.entrepot.server.cli;

import io.entrepot.server.cli.CheckFinding.Kind;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Findings as SARIF 2.1.0 (OASIS), which code hosts show beside the line. */
final class Sarif {

    private static final String SCHEMA =
            "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

    private Sarif() {}

    static Map<String, Object> of(List<CheckFinding> findings, String version) {
        Map<String, Object> driver = Map.of(
                "name",
                "entrepot",
                "version",
                version,
                "rules",
                Stream.of(Kind.values()).map(Sarif::rule).toList());
        Map<String, Object> run = Map.of(
                "tool",
                Map.of("driver", driver),
                "results",
                findings.stream().map(Sarif::result).toList());
        return Map.of("$schema", SCHEMA, "version", "2.1.0", "runs", List.of(run));
    }

    private static Map<String, Object> rule(Kind kind) {
        return Map.of(
                "id", kind.label(),
                "shortDescription", text(kind.meaning()),
                "defaultConfiguration", Map.of("level", kind.level().label()));
    }

    private static Map<String, Object> result(CheckFinding finding) {
        return Map.of(
                "ruleId", finding.kind().label(),
                "ruleIndex", List.of(CheckFinding.Kind.values()).indexOf(finding.kind()),
                "level", finding.kind().level().label(),
                "message", text(finding.use().image() + ": " + finding.message()),
                "locations", List.of(location(finding)));
    }

    private static Map<String, Object> location(CheckFinding finding) {
        Map<String, Object> physical = Map.of(
                "artifactLocation", Map.of("uri", finding.file().replace(" ", "%20")),
                "region", Map.of("startLine", finding.use().line()));
        return Map.of(
                "physicalLocation",
                physical,
                "logicalLocations",
                List.of(Map.of("fullyQualifiedName", finding.place())));
    }

    private static Map<String, Object> text(String text) {
        return Map.of("text", text);
    }
}
