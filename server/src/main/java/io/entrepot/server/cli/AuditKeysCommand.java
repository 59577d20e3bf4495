package io.entrepot.server.cli;

import io.entrepot.config.AuditConfig;
import io.entrepot.server.audit.LogLayout;
import io.entrepot.server.audit.tlog.KeyList;
import io.entrepot.server.audit.tlog.KeyPeriod;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code entrepot audit keys}. */
@Command(
        name = "keys",
        description = {
            "Prints the public keys that ever signed the log: key, since, until.",
            "Write them down where whoever can change the log cannot: an auditor needs them from there."
        })
final class AuditKeysCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Override
    public void run() {
        AuditConfig audit = config.load().audit();
        try {
            List<KeyPeriod> keys = KeyList.read(new LogLayout(audit.path()).sealed());
            if (keys.isEmpty()) {
                throw CommandException.failed(
                        "no log is in " + audit.path() + " (expected: that of a mirror that has run)");
            }
            PrintWriter out = spec.commandLine().getOut();
            keys.forEach(out::println);
            out.flush();
        } catch (IOException e) {
            throw CommandException.failed(audit.path() + " cannot be read: " + e.getMessage());
        }
    }
}
