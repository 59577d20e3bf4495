package io.entrepot.server.cli;

import io.entrepot.server.audit.AuditLog;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code entrepot audit schema}. */
@Command(name = "schema", description = "Prints the JSON schema of the records (draft 2020-12).")
final class AuditSchemaCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        try (InputStream in = AuditLog.class.getResourceAsStream("schema-1.json")) {
            if (in == null) {
                throw new IllegalStateException("the schema is not in the program");
            }
            PrintWriter out = spec.commandLine().getOut();
            out.print(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            throw CommandException.failed("the schema cannot be read: " + e.getMessage());
        }
    }
}
