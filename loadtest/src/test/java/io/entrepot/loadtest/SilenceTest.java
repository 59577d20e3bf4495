package io.entrepot.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SilenceTest {

    private final StringWriter err = new StringWriter();

    @Test
    void saysThatTheMirrorIsNotBuilt() {
        assertThat(run("--jar=absent.jar")).isEqualTo(3);
        assertThat(err).hasToString("silence: absent.jar is not there (expected: built by mvn package)\n");
    }

    @Test
    void refusesATimeThatIsTooShortForItToBeKnown(@TempDir Path directory) throws Exception {
        Path jar = Files.createFile(directory.resolve("some.jar"));

        assertThat(run("--jar=" + jar, "--minutes=1")).isEqualTo(3);
        assertThat(err.toString()).contains("--minutes 1 (expected: 2 to 600)");
    }

    private int run(String... arguments) {
        return Silence.run(new PrintWriter(err, true), arguments);
    }
}
