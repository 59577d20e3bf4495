package io.entrepot.server.cli;

import io.entrepot.server.audit.journal.JournalReader;
import io.entrepot.server.audit.journal.JournalRecord;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code entrepot audit records}. */
@Command(
        name = "records",
        description = {
            "Prints the records as they stand in the log, one JSON object a line, the oldest first.",
            "Reads the log of this configuration from its directory, also while the mirror writes it."
        })
final class AuditRecordsCommand implements Runnable {

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Option(
            names = "--from",
            paramLabel = "SEQ",
            description = "The number of the first record; default: ${DEFAULT-VALUE}.")
    private long from;

    @Override
    public void run() {
        Path journal = config.load().audit().path().resolve("journal");
        if (!Files.isDirectory(journal)) {
            throw CommandException.failed(journal + " is not there (expected: the log of a mirror that has run)");
        }
        try (JournalReader reader = JournalReader.open(journal, from);
                PrintStream out = new PrintStream(System.out, false)) {
            print(reader, out);
        } catch (IOException e) {
            throw CommandException.failed(journal + " cannot be read: " + e.getMessage());
        }
    }

    private static void print(JournalReader reader, OutputStream out) throws IOException {
        for (Optional<JournalRecord> next = reader.next(); next.isPresent(); next = reader.next()) {
            out.write(next.get().bytes());
            out.write('\n');
        }
        out.flush();
    }
}
