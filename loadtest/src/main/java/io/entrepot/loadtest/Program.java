package io.entrepot.loadtest;

import io.entrepot.loadtest.bench.NotRunnable;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** A measurement as a program: its exit codes, and how it says what it needs and does not find. */
final class Program {

    /** Something that it needs is missing. */
    private static final int NOT_RUNNABLE = 3;

    private Program() {}

    /** Runs it and ends the process. */
    static void main(Callable<Integer> command, String... arguments) {
        System.exit(run(command, new PrintWriter(System.err, true, Charset.defaultCharset()), arguments));
    }

    /** Runs it and returns its exit code; what is missing is said to {@code err}. */
    static int run(Callable<Integer> command, PrintWriter err, String... arguments) {
        return new CommandLine(command)
                .setErr(err)
                .setExecutionExceptionHandler(Program::onFailure)
                .execute(arguments);
    }

    private static int onFailure(Exception problem, CommandLine command, CommandLine.ParseResult parsed)
            throws Exception {
        if (problem instanceof NotRunnable) {
            command.getErr().println(command.getCommandName() + ": " + problem.getMessage());
            return NOT_RUNNABLE;
        }
        throw problem;
    }
}
