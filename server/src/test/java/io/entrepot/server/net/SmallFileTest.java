package io.entrepot.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.ConfigException;
import io.entrepot.config.ConfigLoader;
import io.entrepot.config.MirrorConfig.Credentials;
import io.entrepot.config.Secret;
import io.entrepot.server.TestMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A thread that reads is one that runs when the test says so, as one does on a mount that hangs. */
class SmallFileTest {

    @TempDir
    Path directory;

    private final List<Runnable> reads = new ArrayList<>();
    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(directory.resolve("secret"), "one\n");
    }

    @Test
    void isReadAnewForEachWhoAsks() throws IOException {
        assertThat(TestMachine.await(SmallFile.text(file, Runnable::run))).isEqualTo("one\n");
        Files.writeString(file, "two");
        assertThat(TestMachine.await(SmallFile.text(file, Runnable::run))).isEqualTo("two");
    }

    @Test
    void keepsNobodyWaitingWhoseMountHangs() {
        CompletableFuture<String> hanging = SmallFile.text(file, reads::add);

        assertThat(TestMachine.failure(hanging))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage(file + " cannot be read: it takes longer than 5 s");
        assertThat(SmallFile.text(file, reads::add)).as("no more time for it").isCompletedExceptionally();
        assertThat(reads).hasSize(1);

        reads.get(0).run();
        assertThat(TestMachine.await(SmallFile.text(file, Runnable::run))).isEqualTo("one\n");
    }

    @Test
    void isWhatItWasWhileItsMountHangs() throws ConfigException {
        Secret known = secret();

        assertThat(TestMachine.await(SmallFile.secret(known, reads::add)).reveal())
                .isEqualTo("one");
        assertThat(reads).hasSize(1);
        reads.get(0).run();
    }

    private Secret secret() throws ConfigException {
        Credentials credentials = ConfigLoader.parse(
                        "test",
                        "upstreams: { ghcr.io: { shared: true, auth: { username: bot, password: \"${file:" + file
                                + "}\" } } }",
                        Map.of())
                .upstreams()
                .values()
                .iterator()
                .next()
                .credentials();
        return ((Credentials.Basic) credentials).password();
    }
}
