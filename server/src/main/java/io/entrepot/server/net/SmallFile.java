package io.entrepot.server.net;

import io.entrepot.config.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A file that others write and that fits in memory: a token, keys, a login. It may lie on a mount that hangs: who waits is
 * told so after a while, and until that read has ended none of the same file is begun, so that it holds one thread.
 */
public final class SmallFile {

    private static final int LARGEST = 1024 * 1024;
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Map<Path, Reading> UNDER_WAY = new ConcurrentHashMap<>();

    private SmallFile() {}

    /** A read under way, of which somebody may have been told that it takes too long. */
    private static final class Reading {
        private final CompletableFuture<String> text = new CompletableFuture<>();
        private volatile boolean late;
    }

    /** Its text, read on the executor. Fails with an {@link UncheckedIOException} whose message names the file, never what is in it. */
    public static CompletableFuture<String> text(Path path, Executor blocking) {
        Reading mine = new Reading();
        Reading before = UNDER_WAY.putIfAbsent(path, mine);
        if (before == null) {
            start(path, mine, blocking);
        }
        Reading reading = before == null ? mine : before;
        return reading.late
                ? CompletableFuture.failedFuture(late(path))
                : reading.text
                        .copy()
                        .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                        .exceptionallyCompose(failure -> CompletableFuture.failedFuture(told(path, reading, failure)));
    }

    private static void start(Path path, Reading reading, Executor blocking) {
        read(path, blocking).whenComplete((text, failure) -> {
            UNDER_WAY.remove(path, reading);
            if (failure == null) {
                reading.text.complete(text);
            } else {
                reading.text.completeExceptionally(cause(failure));
            }
        });
    }

    private static CompletableFuture<String> read(Path path, Executor blocking) {
        try {
            return CompletableFuture.supplyAsync(() -> text(path), blocking);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(failed(path, "too much is read at once", new IOException(e)));
        }
    }

    private static Throwable told(Path path, Reading reading, Throwable failure) {
        if (failure instanceof TimeoutException) {
            reading.late = true;
            return late(path);
        }
        return cause(failure);
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private static UncheckedIOException late(Path path) {
        return failed(path, "it takes longer than " + PATIENCE.toSeconds() + " s", new IOException("reading " + path));
    }

    /**
     * A secret as it stands in the file that it came from now, without the end of its line; itself if it came from none, or
     * while that is gone or empty, as in the moment in which it is replaced, or cannot be read in time.
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
