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
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/** A server under measurement: a process of its own on one core, that ends with this. */
public final class Contender implements AutoCloseable {

    private static final long START_SECONDS = 60;

    private final String name;
    private final URI base;
    private final URI ready;
    private final Process process;
    private final long started;
    private double readyMillis;

    private Contender(String name, URI base, URI ready, Process process, long started) {
        this.name = name;
        this.base = base;
        this.ready = ready;
        this.process = process;
        this.started = started;
    }

    /**
     * Starts a command on these cores and waits until an address answers 200.
     *
     * @param log where its output goes, for those who want to know why it did not start
     */
    static Contender start(
            String name,
            String cpus,
            List<String> command,
            Map<String, String> environment,
            URI base,
            URI ready,
            Path log) {
        List<String> pinned = new ArrayList<>(List.of("taskset", "-c", cpus));
        pinned.addAll(command);
        ProcessBuilder builder =
                new ProcessBuilder(pinned).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        try {
            long started = System.nanoTime();
            Contender contender = new Contender(name, base, ready, builder.start(), started);
            Runtime.getRuntime().addShutdownHook(new Thread(contender.process::destroy, "end-" + name));
            contender.awaitReady(log);
            return contender;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A port that was free a moment ago. */
    public static int freePort() {
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

    /** The value of a sample of its metrics, which are where it says that it is ready; 0 if there is none. */
    public double metric(String name) {
        return RawHttp.get(ready.resolve("/metrics"))
                .text()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElse(0);
    }

    /** Seconds of CPU that it has used so far. */
    public double cpuSeconds() {
        return CpuTime.seconds(process.toHandle());
    }

    /** Seconds of CPU that the mirror's event loops have used so far, on which a request is served: the path of it. */
    double pathSeconds() {
        return CpuTime.ofThreads(process.pid(), "loop-");
    }

    /** Milliseconds from before it was started to its first answer that it is ready. */
    public double readyMillis() {
        return readyMillis;
    }

    /** What the system calls it: {@code taskset} becomes the server. */
    public long pid() {
        return process.pid();
    }

    /** Asks it to end (SIGTERM) and does not wait. */
    public void terminate() {
        process.destroy();
    }

    /** Its exit code, if it ends within so many seconds. */
    public OptionalInt exitCode(long seconds) throws InterruptedException {
        return process.waitFor(seconds, TimeUnit.SECONDS) ? OptionalInt.of(process.exitValue()) : OptionalInt.empty();
    }

    /** Bytes of memory that are resident now: VmRSS, man 5 proc. */
    public long residentBytes() {
        return ProcessStatus.of(process.pid()).residentBytes();
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

    private void awaitReady(Path log) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (!answers(ready)) {
            if (!process.isAlive() || System.nanoTime() - end > 0) {
                close();
                throw new NotRunnable(name + " did not start (expected: 200 from " + ready + " within " + START_SECONDS
                        + " s):\n" + Files.readString(log));
            }
            nap();
        }
        readyMillis = (System.nanoTime() - started) / 1e6;
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
            TimeUnit.MILLISECONDS.sleep(5);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NotRunnable("interrupted");
        }
    }
}
