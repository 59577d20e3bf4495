package io.entrepot.server;

import io.entrepot.server.cli.Cli;
import java.io.PrintWriter;
import java.io.StringWriter;

/** Runs commands and keeps what they print. */
final class Commands {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    /** Runs one; what was printed before is forgotten. */
    int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return new Cli((config, file, self) -> 0)
                .out(new PrintWriter(out, true))
                .err(new PrintWriter(err, true))
                .run(arguments);
    }

    String out() {
        return out.toString();
    }

    String err() {
        return err.toString();
    }
}
