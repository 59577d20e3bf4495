package io.entrepot.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people are told of a file: words, no class of Java, and no path twice. */
class FileReasonTest {

    @TempDir
    private Path root;

    @Test
    void aMissingFileIsCalledMissing() {
        Path absent = root.resolve("absent");

        assertThat(reason(absent, () -> Files.readString(absent))).isEqualTo("it does not exist");
    }

    @Test
    void aMissingFileThatWasNotNamedYetIsNamed() {
        Path absent = root.resolve("absent");

        assertThat(reason(root, () -> Files.readString(absent))).isEqualTo(absent + " does not exist");
    }

    @Test
    void aFileInPlaceOfADirectoryIsCalledThat() throws IOException {
        Path file = Files.createFile(root.resolve("file"));

        assertThat(reason(file, () -> Files.createDirectories(file))).isEqualTo("it is not a directory");
        assertThat(reason(file, () -> Files.newDirectoryStream(file))).isEqualTo("it is not a directory");
        assertThat(reason(file, () -> Files.createDirectory(file.resolve("x"))))
                .isEqualTo(file.resolve("x") + ": Not a directory");
    }

    @Test
    void whatIsNotAllowedIsCalledThat() {
        AccessDeniedException e = new AccessDeniedException("/etc/shadow");

        assertThat(FileReason.of(Path.of("/etc/shadow"), e)).isEqualTo("this user may not");
        assertThat(FileReason.of(Path.of("/etc"), e)).isEqualTo("this user may not use /etc/shadow");
    }

    @Test
    void anythingElseSpeaksForItself() {
        assertThat(FileReason.of(root, new IOException("Is a directory"))).isEqualTo("Is a directory");
    }

    private static String reason(Path named, ThrowingCallable attempt) {
        return FileReason.of(named, catchThrowableOfType(IOException.class, attempt));
    }
}
