package io.entrepot.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program as a process: its log, its signals, its exit codes. */
@Timeout(120)
class DaemonTest {

    /** What does not say what it should fails its test, instead of being waited for. */
    private static final Executor IN_TWO_MINUTES = CompletableFuture.delayedExecutor(2, TimeUnit.MINUTES);

    private static final String UPSTREAM =
            "upstreams: { registry.corp: { url: \"http://127.0.0.1:1\", internal: true } }\nlog: { format: json }";

    @TempDir
    private Path root;

    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void stop() throws InterruptedException {
        for (Process process : processes) {
            // it must be gone before its directory is
            assertThat(process.destroyForcibly().waitFor(1, TimeUnit.MINUTES)).isTrue();
        }
    }

    @Test
    void sigtermDrainsAndExitsWithZero() throws Exception {
        Running running = serve(TestConfig.under(root, UPSTREAM));
        running.event("serving");

        running.process.toHandle().destroy();

        running.event("draining");
        running.event("stopped");
        assertThat(exitCode(running.process)).isZero();
        assertThat(root.resolve("data/cache.sock")).doesNotExist();
    }

    @Test
    void aSecondSigtermMakesItQuick() throws Exception {
        TestConfig config = TestConfig.under(root, UPSTREAM);
        Files.writeString(config.file(), Files.readString(config.file()).replace("delay: 0s", "delay: 10m"));
        Running running = serve(config);
        running.event("serving");

        running.process.toHandle().destroy();
        running.event("draining");
        running.process.toHandle().destroy();

        assertThat(exitCode(running.process)).isZero();
    }

    @Test
    void theFirstLineSaysWhatIsServed() throws Exception {
        Running running = serve(TestConfig.under(root, UPSTREAM));

        JsonNode line = running.event("serving");

        assertThat(line.get("data").asText()).startsWith("127.0.0.1:");
        assertThat(line.get("upstreams").asText()).isEqualTo("[registry.corp]");
        assertThat(line.get("store").asText())
                .isEqualTo(root.resolve("data/cache").toString());
    }

    @Test
    void nativePartsLieInTheDataDirectory() throws Exception {
        serve(TestConfig.under(root, UPSTREAM)).event("serving");

        assertThat(root.resolve("data/native")).isDirectory();
    }

    @Test
    void sighupReadsTheConfigurationAgain() throws Exception {
        TestConfig config = TestConfig.under(root, UPSTREAM);
        Running running = serve(config);
        running.event("serving");
        config.write("nonsense: true");

        new ProcessBuilder("kill", "-HUP", String.valueOf(running.process.pid()))
                .start()
                .waitFor();

        running.event("configuration refused, the old one stays");
        assertThat(running.event("configuration").get("problem").asText()).contains("mirror.yaml:6:", "nonsense");
    }

    @Test
    void aPortInUseIsOneLineAndOne() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            TestConfig config = TestConfig.under(root, UPSTREAM);
            Files.writeString(
                    config.file(),
                    Files.readString(config.file())
                            .replace("port: 0 }\nadmin", "port: " + other.getLocalPort() + " }\nadmin"));
            Process process = start(config, ProcessBuilder.Redirect.PIPE);

            assertThat(exitCode(process)).isEqualTo(1);
            assertThat(new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("entrepot: cannot listen on 127.0.0.1:" + other.getLocalPort()
                            + " (listen): the port is in use by another process\n");
        }
    }

    @Test
    void aBadConfigurationIsTwo() throws Exception {
        Process process = start(TestConfig.under(root, "nonsense: true"), ProcessBuilder.Redirect.PIPE);

        assertThat(exitCode(process)).isEqualTo(2);
        assertThat(new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                .startsWith("entrepot: the configuration cannot be used\n")
                .contains("mirror.yaml:6: ", "nonsense");
    }

    private Running serve(TestConfig config) throws IOException {
        return new Running(start(config, ProcessBuilder.Redirect.INHERIT));
    }

    private Process start(TestConfig config, ProcessBuilder.Redirect errors) throws IOException {
        List<String> command = command(config.file().toString());
        if (isHangUpIgnored()) {
            command.addAll(0, List.of("env", "--default-signal=HUP"));
        }
        Process process = new ProcessBuilder(command).redirectError(errors).start();
        processes.add(process);
        IN_TWO_MINUTES.execute(process::destroyForcibly);
        return process;
    }

    /** As under nohup: a process ignores what the one ignored that started it, whatever it says. */
    private static boolean isHangUpIgnored() throws IOException {
        Path status = Path.of("/proc/self/status");
        return Files.exists(status)
                && Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("SigIgn:"))
                        .map(line -> line.substring("SigIgn:".length()).strip())
                        .anyMatch(mask -> (Long.parseUnsignedLong(mask, 16) & 1) == 1);
    }

    private static List<String> command(String file) {
        List<String> command =
                new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java"), "-Xmx128m"));
        if (Runtime.version().feature() >= 22) {
            // what the jar's manifest says
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of("serve", "--config", file));
        return command;
    }

    private static int exitCode(Process process) throws InterruptedException {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    /** A process and the log that it writes. */
    private static final class Running {

        private final Process process;
        private final BufferedReader log;

        Running(Process process) {
            this.process = process;
            this.log = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        }

        /** Reads until this event comes. */
        JsonNode event(String name) throws IOException {
            for (String line = log.readLine(); line != null; line = log.readLine()) {
                JsonNode event = new ObjectMapper().readTree(line);
                if (event.get("event").asText().equals(name)) {
                    return event;
                }
            }
            throw new AssertionError("the log ends before: " + name);
        }
    }
}
