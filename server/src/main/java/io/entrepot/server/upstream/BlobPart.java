package io.entrepot.server.upstream;

import io.entrepot.oci.Digest;
import io.entrepot.oci.Repository;
import io.entrepot.server.net.HttpCall.Method;
import io.entrepot.server.net.HttpReply;
import io.entrepot.server.upstream.UpstreamEvents.Endpoint;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** GET of the bytes {@code from} to {@code to} (exclusive) of a blob: exactly those, or it is no answer. */
record BlobPart(Repository repository, Digest digest, long from, long to, Failures failures)
        implements Question<BlobReply> {

    BlobPart {
        if (from < 0 || to <= from) {
            throw new IllegalArgumentException("range: " + from + " to " + to + " (expected: 0 <= from < to)");
        }
    }

    @Override
    public Endpoint endpoint() {
        return Endpoint.BLOB;
    }

    @Override
    public Method method() {
        return Method.GET;
    }

    @Override
    public String path() {
        return "blobs/" + digest;
    }

    @Override
    public Map<String, String> headers() {
        return Map.of("Range", "bytes=" + from + "-" + (to - 1));
    }

    @Override
    public Set<Integer> wanted() {
        return Set.of(206);
    }

    @Override
    public void check(HttpReply reply) {
        if (reply.status() == 200) {
            throw new WrongAnswer(
                    "sent the whole of a blob (expected: 206 with " + headers().get("Range") + ")");
        }
        if (reply.status() == 206) {
            Parts.require(reply, from, to);
        }
    }

    @Override
    public CompletableFuture<BlobReply> read(HttpReply reply) {
        return CompletableFuture.completedFuture(Transfer.part(reply, failures));
    }
}
