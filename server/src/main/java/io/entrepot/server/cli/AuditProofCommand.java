package io.entrepot.server.cli;

import io.entrepot.config.AuditConfig;
import io.entrepot.server.audit.StoredLog;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code entrepot audit proof}. */
@Command(
        name = "proof",
        description = {
            "Prints the proof that one record stands in the log, under its newest checkpoint (C2SP tlog-proof).",
            "With the record and the log's key it convinces whoever sees nothing else of the log."
        })
final class AuditProofCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Parameters(paramLabel = "SEQ", description = "The number of the record.")
    private long seq;

    @Override
    public void run() {
        AuditConfig audit = config.load().audit();
        try {
            PrintWriter out = spec.commandLine().getOut();
            out.print(StoredLog.open(audit.path()).files().prove(seq));
            out.flush();
        } catch (IOException e) {
            throw CommandException.failed(audit.path() + " cannot be read: " + e.getMessage());
        } catch (IllegalArgumentException e) {
            throw CommandException.usage(String.valueOf(e.getMessage()));
        }
    }
}
