package io.entrepot.server.cli;

import io.entrepot.server.audit.query.Question;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code entrepot audit query}. */
@Command(
        name = "query",
        description = {
            "Prints records that are chosen by these, the newest first.",
            "Where a mirror runs it answers, and the question is on its record."
        })
final class AuditQueryCommand implements Runnable {

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Mixin
    private final AuditFilters filters = new AuditFilters();

    @Mixin
    private final AuditOutput output = new AuditOutput();

    @Option(names = "--limit", paramLabel = "N", description = "At most so many; default: ${DEFAULT-VALUE}.")
    private int limit = 100;

    @Option(
            names = "--after",
            paramLabel = "SEQ",
            description = "Those behind this one, in the order asked for: the last of the page before.")
    private long after = -1;

    @Option(names = "--oldest-first", description = "The oldest first.")
    private boolean oldest;

    @Override
    public void run() {
        AuditAnswers answers = AuditAnswers.of(config);
        try {
            Question question = Question.query(
                            answers.config().audit().path().toAbsolutePath(), filters.filters(), limit, output.format())
                    .page(limit, after, !oldest)
                    .with(output.format(), output.width());
            output.write(answers.ask(question));
        } catch (IllegalArgumentException e) {
            throw CommandException.usage(String.valueOf(e.getMessage()));
        }
    }
}
