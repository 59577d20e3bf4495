package io.entrepot.server.cli;

import io.entrepot.config.AuditConfig;
import io.entrepot.config.MirrorConfig;
import io.entrepot.server.audit.LogLayout;
import io.entrepot.server.audit.tlog.KeyList;
import io.entrepot.server.audit.tlog.KeyPeriod;
import io.entrepot.server.inspect.StateDir;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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

    @Option(
            names = "--rotate",
            description =
                    "Let the mirror that runs sign with a new key from now on, and with the one before it for a week more.")
    private boolean rotate;

    @Override
    public void run() {
        MirrorConfig loaded = config.load();
        AuditConfig audit = loaded.audit();
        if (rotate) {
            rotate(StateDir.of(loaded).adminSocket());
        }
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

    private static void rotate(Path socket) {
        try (AdminSocket mirror = AdminSocket.open(socket)
                .orElseThrow(() -> CommandException.failed("no mirror runs here: nothing listens on " + socket
                        + " (expected: --config FILE of one that does)"))) {
            mirror.send("POST", "/api/v1/audit/keys").orFail();
        }
    }
}
