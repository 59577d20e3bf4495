package io.entrepot.server.cli;

import java.io.PrintWriter;

/** One line on a terminal that says how far something is, until what is printed takes its place. Elsewhere nothing. */
final class ProgressLine {

    private static final long EVERY_NANOS = 200_000_000;

    private final PrintWriter out;
    private final boolean on;
    private long shown;

    /** @param wanted false where nobody reads it, as with JSON */
    ProgressLine(PrintWriter out, boolean wanted) {
        this.out = out;
        this.on = wanted && Terminal.isOutput();
    }

    /** Prints a line in its place. */
    void println(String text) {
        out.println(erase() + text);
    }

    /** Says how far it is, a few times a second at most. */
    void show(String text) {
        long now = System.nanoTime();
        if (on && now - shown > EVERY_NANOS) {
            shown = now;
            out.print(erase() + text);
            out.flush();
        }
    }

    private String erase() {
        return on ? "\r\u001b[K" : "";
    }
}
