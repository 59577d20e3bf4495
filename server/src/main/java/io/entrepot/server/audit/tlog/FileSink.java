package io.entrepot.server.audit.tlog;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** Keeps the newest checkpoint as a file: on a disk of another host, say, that is mounted here. */
public final class FileSink implements CheckpointSink {

    private final Path file;
    private final Executor blocking;

    /** A sink that writes by {@code blocking}, for a mounted disk may take its time. */
    public FileSink(Path file, Executor blocking) {
        this.file = file;
        this.blocking = blocking;
    }

    @Override
    public CompletableFuture<Void> publish(SignedCheckpoint checkpoint) {
        return CompletableFuture.runAsync(() -> write(checkpoint), blocking);
    }

    private void write(SignedCheckpoint checkpoint) {
        try {
            Files.createDirectories(Durable.parent(file));
            Durable.replace(file, checkpoint.bytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
