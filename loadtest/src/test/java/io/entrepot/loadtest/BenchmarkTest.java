package io.entrepot.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarkTest {

    private final StringWriter err = new StringWriter();

    @Test
    void saysThatTheMirrorIsNotBuilt() {
        assertThat(run("--jar=absent.jar")).isEqualTo(3);
        assertThat(err).hasToString("bench: absent.jar is not there (expected: built by mvn package)\n");
    }

    @Test
    void saysThatNginxIsMissing(@TempDir Path directory) throws Exception {
        Path jar = Files.createFile(directory.resolve("some.jar"));

        // on one core, so that a machine that has no other says the same
        assertThat(run("--jar=" + jar, "--nginx=" + directory.resolve("nginx"), "--load-cpu=0"))
                .isEqualTo(3);
        assertThat(err.toString()).contains("nginx cannot be run (expected: installed, and on the PATH)");
    }

    @Test
    void refusesTooFewRounds(@TempDir Path directory) throws Exception {
        Path jar = Files.createFile(directory.resolve("some.jar"));

        assertThat(run("--jar=" + jar, "--rounds=3")).isEqualTo(3);
        assertThat(err.toString()).contains("--rounds 3 (expected: at least 7");
    }

    private int run(String... arguments) {
        return Benchmark.run(new PrintWriter(err, true), arguments);
    }
}
