package io.entrepot.server.cli;

import io.entrepot.server.audit.query.Answer;
import io.entrepot.server.audit.query.Format;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How an answer is written, and where to. */
final class AuditOutput {

    private static final int TERMINAL_WIDTH = 160;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "text|json|csv|html",
            description = "The form of the answer; default: text.")
    private Format format = Format.TEXT;

    @Option(names = "--file", paramLabel = "FILE", description = "Where it goes; default: standard output.")
    private @Nullable Path file;

    Format format() {
        return format;
    }

    /** Columns of a table: those of a terminal, or as many as it takes. */
    int width() {
        if (file != null || !Terminal.isOutput()) {
            return 0;
        }
        String columns = System.getenv("COLUMNS");
        return columns != null && columns.matches("[1-9][0-9]{1,2}") ? Integer.parseInt(columns) : TERMINAL_WIDTH;
    }

    void write(Answer answer) {
        StringBuilder text = new StringBuilder();
        try {
            format.write(answer, width(), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        write(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    void write(byte[] answer) {
        try (OutputStream out = file == null
                ? new BufferedOutputStream(new FileOutputStream(FileDescriptor.out))
                : Files.newOutputStream(file)) {
            out.write(answer);
        } catch (IOException e) {
            throw CommandException.failed("the answer cannot be written: " + e.getMessage());
        }
    }
}
