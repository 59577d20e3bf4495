package io.entrepot.server.cli;

import io.entrepot.oci.ImageRef;
import io.entrepot.server.cli.PolicyTable.Row;
import io.entrepot.server.inspect.Json;
import io.entrepot.server.inspect.Ruling;
import io.entrepot.server.inspect.Ruling.State;
import io.entrepot.server.inspect.Rulings;
import io.entrepot.server.inspect.Who;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code entrepot policy test}: a table of what is to be allowed and what is not, held against the rules. */
@Command(
        name = "test",
        description = {
            "Holds a table of questions and expected answers against the rules: rows of image, who asks (user, groups,"
                    + " namespace, service-account, from), verdict (allow, deny, depends) and, if wanted, rule and message.",
            "A row that says something of the content (platforms, size, age, ...) is judged by it; one that does not depends on"
                    + " it where a rule looks at it. TABLE is a list in YAML, or lines of comma separated values with a head."
        })
final class PolicyTestCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(paramLabel = "TABLE", description = "A file; -: standard input.")
    private Path table = Path.of("-");

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() {
        Rulings rulings = config.rulings();
        Instant now = Instant.now();
        PrintWriter out = spec.commandLine().getOut();
        List<Row> rows = PolicyTable.parse(new TextSource(table).text());
        List<Map<String, Object>> failures = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        for (Row row : rows) {
            try {
                Ruling ruling = judge(rulings, row, now);
                if (!isAsExpected(row, ruling)) {
                    failures.add(facts(row, ruling));
                }
            } catch (IllegalArgumentException e) {
                wrong.add(PolicyTable.wrong(row.line(), String.valueOf(e.getMessage())));
            }
        }
        PolicyTable.requireNone(wrong);
        if (output.isJson()) {
            out.println(Json.text(Map.of("rows", rows.size(), "failures", failures)));
        } else {
            failures.forEach(failure -> out.println(line(failure)));
            out.println(rows.size() + " rows, " + failures.size() + " not as expected");
        }
        out.flush();
        return failures.isEmpty() ? ExitCode.OK : ExitCode.FAILED;
    }

    /** @throws IllegalArgumentException if a field of it is none */
    private static Ruling judge(Rulings rulings, Row row, Instant now) {
        ImageRef image = ImageRef.parse(row.text("image"));
        Who who = new Who(
                row.text("user"),
                Set.copyOf(row.all("groups")),
                row.text("namespace"),
                row.text("service-account"),
                row.text("from"));
        return SupposedContent.isSaid(row)
                ? rulings.of(image, who, SupposedContent.of(row, image, now), now)
                : rulings.of(image, who, now);
    }

    private static boolean isAsExpected(Row row, Ruling ruling) {
        return row.text("verdict").equals(verdict(ruling))
                && (!row.has("rule") || row.text("rule").equals(ruling.rule()))
                && isSaid(row.text("message"), ruling);
    }

    /** In a refusal, or by a rule on trial. */
    private static boolean isSaid(String words, Ruling ruling) {
        return ruling.message().contains(words)
                || ruling.warnings().stream().anyMatch(warning -> warning.contains(words));
    }

    private static String verdict(Ruling ruling) {
        return ruling.state() == State.UNDECIDED
                ? "deny"
                : ruling.state().name().toLowerCase(Locale.ROOT);
    }

    private static Map<String, Object> facts(Row row, Ruling ruling) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("row", row.line());
        facts.put("image", row.text("image"));
        facts.put("expected", expected(row));
        facts.put("verdict", verdict(ruling));
        facts.put("rule", ruling.rule());
        facts.put("message", ruling.message());
        facts.put("warnings", ruling.warnings());
        facts.put("dependsOn", ruling.dependsOn());
        return facts;
    }

    private static String expected(Row row) {
        return row.text("verdict")
                + (row.has("rule") ? " by rule " + row.text("rule") : "")
                + (row.has("message") ? " with \"" + row.text("message") + "\"" : "");
    }

    private static String list(@Nullable Object values) {
        return values instanceof List<?> list
                ? String.join(", ", list.stream().map(String::valueOf).toList())
                : "";
    }

    private static String line(Map<String, Object> failure) {
        String rule = String.valueOf(failure.get("rule"));
        String more = "depends".equals(failure.get("verdict")) ? " on " + list(failure.get("dependsOn")) : "";
        return "row " + failure.get("row") + ": " + failure.get("image") + ": expected " + failure.get("expected")
                + ", but " + failure.get("verdict") + more + (rule.isEmpty() ? " by no rule" : " by rule " + rule)
                + said(failure);
    }

    private static String said(Map<String, Object> failure) {
        String message = String.valueOf(failure.get("message"));
        String warnings = list(failure.get("warnings"));
        return (message.isEmpty() ? "" : ": " + message) + (warnings.isEmpty() ? "" : ", with a warning: " + warnings);
    }
}
