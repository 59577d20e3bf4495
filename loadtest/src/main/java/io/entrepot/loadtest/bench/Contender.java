package io.entrepot.loadtest.bench;

import io.entrepot.loadtest.RawHttp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A server under measurement: a process of its own on one core, that ends with this. */
public final class Contender implements AutoCloseable {

    private static final long START_SECONDS = 60;

    private final String name;
    private final URI base;
    private final Process process;

    private Contender(String name, URI base, Process process) {
        this.name = name;
        this.base = base;
        this.process = process;
    }

    /**
     * Starts a command on one core and waits until an address answers 200.
     *
     * @param log where its output goes, for those who want to know why it did not start
     */
    static Contender start(
            String name,
            int cpu,
            List<String> command,
            Map<String, String> environment,
            URI base,
            URI ready,
            Path log) {
        List<String> pinned = new ArrayList<>(List.of("taskset", "-c", Integer.toString(cpu)));
        pinned.addAll(command);
        ProcessBuilder builder =
                new ProcessBuilder(pinned).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        try {
            Contender contender = new Contender(name, base, builder.start());
            Runtime.getRuntime().addShutdownHook(new Thread(contender.process::destroy, "end-" + name));
            contender.awaitReady(ready, log);
            return contender;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A port that was free a moment ago. */
    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String name() {
        return name;
    }

    /** The address of a path on it. */
    public URI url(String path) {
        return URI.create(base + path);
    }

    /** Seconds of CPU that it has used so far. */
    public double cpuSeconds() {
        return CpuTime.seconds(process.toHandle());
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private void awaitReady(URI ready, Path log) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (!answers(ready)) {
            if (!process.isAlive() || System.nanoTime() - end > 0) {
                close();
                throw new NotRunnable(name + " did not start (expected: 200 from " + ready + " within " + START_SECONDS
                        + " s):\n" + Files.readString(log));
            }
            nap();
        }
    }

    private static boolean answers(URI ready) {
        try {
            return RawHttp.get(ready).status() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    private static void nap() {
        try {
            TimeUnit.MILLISECONDS.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NotRunnable("interrupted");
        }
    }
}
