package io.entrepot.server.cli;

import io.entrepot.server.node.doctor.NodeRoot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Which versions of runtimes are on a node: as given, else as the programs say, if it is the machine that this runs on. */
final class RuntimeVersions {

    private static final Map<String, String> PROGRAMS = Map.of("containerd", "containerd", "docker", "dockerd");
    private static final Pattern VERSION = Pattern.compile("v?\\d{1,3}\\.\\d{1,3}[0-9A-Za-z.+~-]*");
    private static final int PATIENCE_SECONDS = 5;

    private RuntimeVersions() {}

    static Map<String, String> of(NodeRoot node, Map<String, String> given) {
        Map<String, String> versions = new HashMap<>();
        if (node.isHere()) {
            PROGRAMS.forEach((runtime, program) -> versions.put(runtime, ask(program)));
        }
        for (Map.Entry<String, String> entry : given.entrySet()) {
            if (!PROGRAMS.containsKey(entry.getKey())) {
                throw CommandException.usage("--release: " + entry.getKey() + " (expected: containerd or docker)");
            }
            if (!VERSION.matcher(entry.getValue()).matches()) {
                throw CommandException.usage("--release: " + entry.getValue()
                        + " (expected: a version, as in containerd=1.7.24 or docker=29.0)");
            }
            versions.put(entry.getKey(), entry.getValue());
        }
        return versions;
    }

    private static String ask(String program) {
        try {
            Process process = new ProcessBuilder(program, "--version")
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return "";
            }
            return process.exitValue() == 0
                    ? new String(process.getInputStream().readNBytes(4096), StandardCharsets.UTF_8)
                    : "";
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
