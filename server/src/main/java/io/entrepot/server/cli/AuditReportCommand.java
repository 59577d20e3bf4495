package io.entrepot.server.cli;

import io.entrepot.server.audit.query.Question;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code entrepot audit report}. */
@Command(
        name = "report",
        description = {
            "Answers a question that auditors ask, over the records that are chosen.",
            "Where a mirror runs it answers, and the question is on its record.",
            "",
            "pulls         each pull: who, what, by which tag, checked only, in part or whole",
            "holders       which nodes have a digest or an image",
            "denials       what was refused, and what of it was pulled later in spite of that",
            "drift         the digests that a tag had over time, and who has which",
            "exempted      pulls that only an exemption let by",
            "stale         answers past their freshness, and why",
            "usage         images by namespace, node, team, ... (--option by=node)",
            "top           the images that are pulled most, and the bytes saved",
            "first-time    images that were pulled for the first time",
            "unused        images that nobody pulls any more",
            "break-glass   exemptions and overrides, one by one",
            "completeness  whether the log is whole for a period: numbers, gaps, clock"
        })
final class AuditReportCommand implements Runnable {

    @Parameters(paramLabel = "NAME", description = "Which one.")
    private String name = "";

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Mixin
    private final AuditFilters filters = new AuditFilters();

    @Mixin
    private final AuditOutput output = new AuditOutput();

    @Option(names = "--option", paramLabel = "KEY=VALUE", description = "An option of the report.")
    private Map<String, String> options = new TreeMap<>();

    @Override
    public void run() {
        AuditAnswers answers = AuditAnswers.of(config);
        try {
            Question question = Question.report(
                            answers.config().audit().path().toAbsolutePath(), name, filters.filters(), output.format())
                    .with(options, answers.config().audit().teamsByNamespace())
                    .with(output.format(), output.width());
            output.write(answers.ask(question));
        } catch (IllegalArgumentException e) {
            throw CommandException.usage(String.valueOf(e.getMessage()));
        }
    }
}
