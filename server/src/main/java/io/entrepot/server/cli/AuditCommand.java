package io.entrepot.server.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code entrepot audit}: what was pulled, by whom, and how that is known. */
@Command(
        name = "audit",
        description = "The record of every pull: who pulled what, when, by which tag and under which rule.",
        subcommands = {
            AuditQueryCommand.class,
            AuditReportCommand.class,
            AuditReconcileCommand.class,
            AuditVerifyCommand.class,
            AuditKeysCommand.class,
            AuditProofCommand.class,
            AuditCheckProofCommand.class,
            AuditExportCommand.class,
            AuditRecordsCommand.class,
            AuditSchemaCommand.class
        })
final class AuditCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "which of query, report, reconcile, verify, keys, proof, check-proof, export, records, schema?");
    }
}
