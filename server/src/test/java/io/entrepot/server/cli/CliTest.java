package io.entrepot.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the command line says, and its exit codes. */
class CliTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "serve",
                "check",
                "explain",
                "doctor",
                "policy",
                "policy check",
                "policy test",
                "policy matrix",
                "hosts",
                "hosts containerd",
                "cache",
                "cache ls",
                "cache rm",
                "cache verify",
                "version"
            })
    void everyCommandHasHelpThatNamesItsExitCodes(String command) {
        int code = run((command + " --help").strip().split(" "));

        assertThat(code).isZero();
        assertThat(out.toString())
                .startsWith("Usage: " + ("entrepot " + command).strip())
                .contains("Exit codes:", "0   ", "1   ", "2   ");
    }

    @Test
    void aMisspeltCommandIsUsageWithASuggestion() {
        assertThat(run("serv")).isEqualTo(2);
        assertThat(err.toString()).contains("entrepot: ", "'serv'", "entrepot serve");
    }

    @Test
    void noCommandIsUsage() {
        assertThat(run()).isEqualTo(2);
        assertThat(err).hasToString("entrepot: which command?\nTry 'entrepot --help'.\n");
    }

    @Test
    void anUnknownOptionIsUsage() {
        assertThat(run("serve", "--port", "1")).isEqualTo(2);
        assertThat(err.toString()).startsWith("entrepot: Unknown option");
    }

    @Test
    void aDigestThatIsNoneIsUsage() {
        assertThat(run("cache", "rm", "sha256:short")).isEqualTo(2);
        assertThat(err.toString()).contains("sha256:short", "expected: sha256:[a-f0-9]{64}");
    }

    @Test
    void versionNamesTheJavaThatRuns() {
        assertThat(run("version")).isZero();
        assertThat(out.toString()).startsWith("entrepot ").contains("Java " + Runtime.version());
    }

    @Test
    void whatServeThrowsIsOneLine() {
        Serve broken = (config, file, self) -> {
            throw CommandException.failed("cannot listen on 127.0.0.1:5000 (listen): the port is in use");
        };

        assertThat(cli(broken).run("serve")).isEqualTo(1);
        assertThat(err).hasToString("entrepot: cannot listen on 127.0.0.1:5000 (listen): the port is in use\n");
    }

    private int run(String... args) {
        return cli((config, file, self) -> 0).run(args);
    }

    private Cli cli(Serve serve) {
        return new Cli(serve).out(new PrintWriter(out, true)).err(new PrintWriter(err, true));
    }
}
