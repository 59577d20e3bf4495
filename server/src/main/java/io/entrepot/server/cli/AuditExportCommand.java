package io.entrepot.server.cli;

import io.entrepot.config.AuditConfig;
import io.entrepot.server.audit.StoredLog;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code entrepot audit export}. */
@Command(
        name = "export",
        description = {
            "Writes the log as plain files of C2SP tlog-tiles under a directory: checkpoint, tile/…, tile/entries/….",
            "Any web server can serve them as they are, and tools of others verify them."
        })
final class AuditExportCommand implements Runnable {

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Parameters(paramLabel = "DIR", description = "Where they go; made if it is not there.")
    private Path directory = Path.of("");

    @Override
    public void run() {
        AuditConfig audit = config.load().audit();
        try {
            StoredLog.open(audit.path()).files().export(directory);
        } catch (IOException e) {
            throw CommandException.failed(audit.path() + " cannot be exported: " + e.getMessage());
        }
    }
}
