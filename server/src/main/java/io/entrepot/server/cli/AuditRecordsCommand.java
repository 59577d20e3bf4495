package io.entrepot.server.cli;

import io.entrepot.server.audit.StoredLog;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
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
        Path directory = config.load().audit().path();
        try (PrintStream out = new PrintStream(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)))) {
            StoredLog log = StoredLog.open(directory);
            log.read(Math.max(from, log.first()), log.end(), (seq, record) -> {
                out.write(record);
                out.write('\n');
            });
        } catch (IOException e) {
            throw CommandException.failed(directory + " cannot be read: " + e.getMessage());
        }
    }
}
