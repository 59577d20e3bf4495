package io.entrepot.server.audit;

import io.entrepot.server.audit.JsonLine.Name;
import io.entrepot.server.audit.export.Entry;
import io.entrepot.server.audit.export.Sink;
import io.entrepot.server.audit.tlog.CheckpointSink;
import io.entrepot.server.audit.tlog.SignedCheckpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Sends what was signed to a place where records could go too, as one JSON line:
 *
 * <pre>
 *   {"seq":1204,"time":"2026-11-27T02:03:04.000056Z","type":"checkpoint","note":"mirror-1/entrepot\n1204\n…"}
 * </pre>
 *
 * <p>{@code seq} is the number of records that it covers, {@code note} what an auditor brings to {@code entrepot audit verify}.
 */
public final class CheckpointExport implements CheckpointSink {

    private static final Name TIME = Name.of("time");
    private static final Name TYPE = Name.of("type");
    private static final Name NOTE = Name.of("note");

    private final Sink sink;
    private final Executor blocking;

    /** @param blocking one thread, on which the sink may take its time */
    public CheckpointExport(Sink sink, Executor blocking) {
        this.sink = sink;
        this.blocking = blocking;
    }

    @Override
    public CompletableFuture<Void> publish(SignedCheckpoint checkpoint) {
        return CompletableFuture.runAsync(() -> send(checkpoint), blocking);
    }

    private void send(SignedCheckpoint checkpoint) {
        try {
            sink.deliver(List.of(new Entry(checkpoint.head().size(), line(checkpoint, Instant.now()))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] line(SignedCheckpoint checkpoint, Instant now) {
        byte[] fields = new JsonLine()
                .begin()
                .plain(TIME, new Stamps().time(now))
                .plain(TYPE, "checkpoint")
                .text(NOTE, new String(checkpoint.bytes(), StandardCharsets.UTF_8))
                .end();
        String head = "{\"seq\":" + checkpoint.head().size() + ",";
        byte[] line = new byte[head.length() + fields.length];
        System.arraycopy(head.getBytes(StandardCharsets.US_ASCII), 0, line, 0, head.length());
        System.arraycopy(fields, 0, line, head.length(), fields.length);
        return line;
    }
}
