package io.entrepot.server.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code entrepot version}. */
@Command(name = "version", description = "Prints the version of Entrepot and of the Java that runs it.")
final class VersionCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().getOut().println(Build.line());
    }

    /** The version as built. */
    static final class Build implements IVersionProvider {

        @Override
        public String[] getVersion() {
            return new String[] {line()};
        }

        static String line() {
            return "entrepot " + BuildInfo.version() + " (Java " + Runtime.version() + ")";
        }
    }
}
