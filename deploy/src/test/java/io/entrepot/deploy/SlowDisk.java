package io.entrepot.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Makes whatever a running mirror forces of its audit log take that much longer, by strace; as before when closed. */
final class SlowDisk implements AutoCloseable {

    private static final Path STRACE = Path.of("/usr/bin/strace");

    private final Running strace;

    private SlowDisk(Running strace) {
        this.strace = strace;
    }

    /** Comes back when it holds: after all threads were taken hold of. */
    static SlowDisk under(PackagedMirror mirror, Path log, Duration delay) throws IOException, InterruptedException {
        if (!Files.isExecutable(STRACE)) {
            assertThat(System.getenv("CI")).as("strace is missing").isNotEqualTo("true");
            Assumptions.abort("strace is missing");
        }
        Command command = Command.of(STRACE)
                .with("-f", "-o", log.resolveSibling("strace.calls"), "-e", "trace=fdatasync,fsync", "-e")
                .with("inject=fdatasync,fsync:delay_enter=" + delay.toMillis() * 1000, "-p", mirror.pid());
        try (Stream<Path> segments = Files.list(mirror.config().resolveSibling("data/audit/journal"))) {
            for (Path segment : segments.toList()) {
                command = command.with("-P", segment);
            }
        }
        Running strace = command.start(log);
        strace.await(() -> strace.output().contains(" attached"));
        return new SlowDisk(strace);
    }

    /** What went wrong, if anything did. */
    String said() {
        return strace.output();
    }

    /** strace lets go of the process at SIGTERM. */
    @Override
    public void close() {
        strace.close();
    }
}
