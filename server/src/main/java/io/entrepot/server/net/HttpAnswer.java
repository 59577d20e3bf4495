package io.entrepot.server.net;

import java.util.concurrent.CompletableFuture;

/** An answer read to its end, for those small enough to be read at once. The body may be a secret: it is never printed. */
public record HttpAnswer(int status, byte[] body) {

    /** Sends a call and reads at most so many bytes of its answer. Fails with {@link NetException}. */
    public static CompletableFuture<HttpAnswer> of(HttpClient client, HttpCall call, int limit) {
        return client.send(call)
                .thenCompose(reply -> reply.body(limit).thenApply(body -> new HttpAnswer(reply.status(), body)));
    }

    @Override
    public String toString() {
        return "status " + status;
    }
}
