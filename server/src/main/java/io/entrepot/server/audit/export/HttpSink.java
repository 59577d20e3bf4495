package io.entrepot.server.audit.export;

import io.entrepot.server.net.HttpCall;
import io.entrepot.server.net.HttpClient;
import io.entrepot.server.net.HttpReply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPOutputStream;

/**
 * Posts batches as JSON lines, gzipped: {@code Content-Type: application/x-ndjson}, {@code Content-Encoding: gzip}. Any 2xx is
 * an arrival; {@code Entrepot-First-Seq} and {@code Entrepot-Last-Seq} let a receiver drop what it has already.
 */
public final class HttpSink implements Sink {

    private static final long PATIENCE_SECONDS = 60;
    private static final int MOST_ANSWER = 64 * 1024;

    private final HttpClient client;
    private final URI uri;
    private final Map<String, String> headers;

    /** @param headers that are sent with each batch, as {@code Authorization} */
    public HttpSink(HttpClient client, URI uri, Map<String, String> headers) {
        this.client = client;
        this.uri = uri;
        this.headers = Map.copyOf(headers);
    }

    @Override
    public void deliver(List<Entry> batch) throws IOException {
        Map<String, String> all = new HashMap<>(headers);
        all.put("Content-Type", "application/x-ndjson");
        all.put("Content-Encoding", "gzip");
        all.put("Entrepot-First-Seq", Long.toString(batch.get(0).seq()));
        all.put("Entrepot-Last-Seq", Long.toString(batch.get(batch.size() - 1).seq()));
        int status = post(new HttpCall(HttpCall.Method.POST, uri, all, gzipped(Lines.of(batch))));
        if (status / 100 != 2) {
            throw new IOException(uri.getHost() + " answered " + status + " (expected: 2xx)");
        }
    }

    private int post(HttpCall call) throws IOException {
        try (HttpReply reply = client.send(call).get(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            reply.body(MOST_ANSWER).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return reply.status();
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException(uri.getHost() + " cannot be reached: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static byte[] gzipped(byte[] lines) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(lines.length / 4);
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(lines);
        }
        return bytes.toByteArray();
    }

    @Override
    public void close() {
        client.close();
    }
}
