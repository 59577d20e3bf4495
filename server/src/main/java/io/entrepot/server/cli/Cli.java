package io.entrepot.server.cli;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line: reads arguments, runs a command, gives its exit code. */
public final class Cli {

    private final Map<String, Supplier<Object>> all = new LinkedHashMap<>();
    private @Nullable PrintWriter out;
    private @Nullable PrintWriter err;

    public Cli(Serve serve) {
        all.put("serve", () -> new ServeCommand(serve));
        all.put("check", CheckCommand::new);
        all.put("explain", ExplainCommand::new);
        all.put("hosts", HostsCommand::withSoftware);
        all.put("nodes", NodesCommand::new);
        all.put("audit", AuditCommand::new);
        all.put("cache", CacheCommand::new);
        all.put("doctor", DoctorCommand::new);
        all.put("policy", PolicyCommand::new);
        all.put("warm", WarmCommand::new);
        all.put("upstreams", UpstreamsCommand::new);
        all.put("pins", PinsCommand::new);
        all.put("version", VersionCommand::new);
    }

    public Cli out(PrintWriter writer) {
        this.out = writer;
        return this;
    }

    public Cli err(PrintWriter writer) {
        this.err = writer;
        return this;
    }

    public int run(String... args) {
        CommandLine commands = args.length == 0 ? commands("") : commands(args[0]);
        if (out != null) {
            commands.setOut(out);
        }
        if (err != null) {
            commands.setErr(err);
        }
        return commands.execute(args);
    }

    /** Without those that are not called, where one is: to make them all takes a third of a start. */
    private CommandLine commands(String called) {
        CommandLine commands = new CommandLine(new Entrepot());
        all.forEach((name, command) -> {
            if (name.equals(called) || !all.containsKey(called)) {
                commands.addSubcommand(name, command.get());
            }
        });
        return commands.setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((e, args) -> misused(e))
                .setExecutionExceptionHandler((e, command, result) -> failed(e, command));
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
