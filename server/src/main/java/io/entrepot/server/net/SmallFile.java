package io.entrepot.server.net;

import io.entrepot.config.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** A file that others write and that fits in memory: a token, keys, a login. */
public final class SmallFile {

    private static final int LARGEST = 1024 * 1024;

    private SmallFile() {}

    /** Its text, read on the executor. Fails with an {@link UncheckedIOException} whose message names the file, never what is in it. */
    public static CompletableFuture<String> text(Path path, Executor blocking) {
        try {
            return CompletableFuture.supplyAsync(() -> text(path), blocking);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(failed(path, "too much is read at once", new IOException(e)));
        }
    }

    /**
     * A secret as it stands in the file that it came from now, without the end of its line; itself if it came from none, or
     * while that is gone or empty, as in the moment in which it is replaced.
     */
    public static CompletableFuture<Secret> secret(Secret known, Executor blocking) {
        return known.file()
                .map(path -> text(path, blocking)
                        .exceptionally(failure -> "")
                        .thenApply(text -> text.replaceFirst("\\r?\\n\\z", ""))
                        .thenApply(line -> line.isBlank() ? known : known.changed(line)))
                .orElseGet(() -> CompletableFuture.completedFuture(known));
    }

    private static String text(Path path) {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw new CompletionException(failed(path, "larger than 1 MiB", new IOException(path.toString())));
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw new CompletionException(failed(path, "no such file", e));
        } catch (IOException e) {
            throw new CompletionException(failed(path, e.getClass().getSimpleName(), e));
        }
    }

    private static UncheckedIOException failed(Path path, String why, IOException cause) {
        return new UncheckedIOException(path + " cannot be read: " + why, cause);
    }
}
