package io.entrepot.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BudgetTest {

    private final StringWriter err = new StringWriter();

    @Test
    void saysThatTheMirrorIsNotBuilt() {
        assertThat(run("--jar=absent.jar")).isEqualTo(3);
        assertThat(err).hasToString("budget: absent.jar is not there (expected: built by mvn package)\n");
    }

    @Test
    void isBounded(@TempDir Path directory) throws Exception {
        Path jar = Files.createFile(directory.resolve("some.jar"));

        assertThat(run("--jar=" + jar, "--speed=100000")).isEqualTo(3);
        assertThat(err).hasToString("budget: --speed 100000 (expected: 1 to 720)\n");
    }

    private int run(String... arguments) {
        return Budget.run(new PrintWriter(err, true), arguments);
    }
}
