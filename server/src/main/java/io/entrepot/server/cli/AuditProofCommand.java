package io.entrepot.server.cli;

import io.entrepot.config.AuditConfig;
import io.entrepot.server.audit.StoredLog;
import io.entrepot.server.audit.tlog.TlogFiles;
import java.io.IOException;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code entrepot audit proof}. */
@Command(
        name = "proof",
        description = {
            "Prints the proof that one record stands in the log, under its newest checkpoint (C2SP tlog-proof).",
            "With the record and the log's key it convinces whoever sees nothing else of the log.",
            "Or the proof that the log has all records of an older checkpoint as they were, and more behind them."
        })
final class AuditProofCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @ArgGroup(exclusive = true, multiplicity = "1")
    @SuppressWarnings("NullAway.Init")
    private Claim claim;

    /** What is to be proved. */
    static final class Claim {

        @Parameters(paramLabel = "SEQ", description = "The number of the record.")
        private @Nullable Long seq;

        @Option(names = "--grown-from", paramLabel = "SIZE", description = "The size of the older checkpoint.")
        private long size;

        String proof(TlogFiles files) throws IOException {
            return seq == null
                    ? files.proveGrowth(size).toString()
                    : files.prove(seq).toString();
        }
    }

    @Override
    public void run() {
        AuditConfig audit = config.load().audit();
        try {
            PrintWriter out = spec.commandLine().getOut();
            out.print(claim.proof(StoredLog.open(audit.path()).files()));
            out.flush();
        } catch (IOException e) {
            throw CommandException.failed(audit.path() + " cannot be read: " + e.getMessage());
        } catch (IllegalArgumentException e) {
            throw CommandException.usage(String.valueOf(e.getMessage()));
        }
    }
}
