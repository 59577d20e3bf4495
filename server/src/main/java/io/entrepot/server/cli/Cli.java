package io.entrepot.server.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line: reads arguments, runs a command, gives its exit code. */
public final class Cli {

    private final CommandLine commands;

    public Cli(Serve serve) {
        this.commands = new CommandLine(new Entrepot())
                .addSubcommand(new ServeCommand(serve))
                .addSubcommand(new CheckCommand())
                .addSubcommand(new ExplainCommand())
                .addSubcommand(HostsCommand.withSoftware())
                .addSubcommand(new CacheCommand())
                .addSubcommand(new DoctorCommand())
                .addSubcommand(new PolicyCommand())
                .addSubcommand(new WarmCommand())
                .addSubcommand(new UpstreamsCommand())
                .addSubcommand(new PinsCommand())
                .addSubcommand(new VersionCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((e, args) -> misused(e))
                .setExecutionExceptionHandler((e, command, result) -> failed(e, command));
    }

    public Cli out(PrintWriter out) {
        commands.setOut(out);
        return this;
    }

    public Cli err(PrintWriter err) {
        commands.setErr(err);
        return this;
    }

    public int run(String... args) {
        return commands.execute(args);
    }

    private static int misused(ParameterException e) {
        PrintWriter err = e.getCommandLine().getErr();
        err.println("entrepot: " + e.getMessage());
        if (!UnmatchedArgumentException.printSuggestions(e, err)) {
            err.println("Try '" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
        }
        err.flush();
        return ExitCode.USAGE;
    }

    private static int failed(Exception e, CommandLine command) throws Exception {
        if (!(e instanceof CommandException known)) {
            throw e;
        }
        command.getErr().println("entrepot: " + known.getMessage());
        command.getErr().flush();
        return known.exitCode();
    }
}
