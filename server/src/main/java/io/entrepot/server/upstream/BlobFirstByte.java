package io.entrepot.server.upstream;

import io.entrepot.oci.Digest;
import io.entrepot.oci.Repository;
import io.entrepot.server.net.HttpCall.Method;
import io.entrepot.server.net.HttpReply;
import io.entrepot.server.upstream.UpstreamEvents.Endpoint;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** GET of the first byte of a blob, for the size of the whole that its answer says. */
record BlobFirstByte(Repository repository, Digest digest) implements Question<Long> {

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
        return Map.of("Range", "bytes=0-0");
    }

    @Override
    public Set<Integer> wanted() {
        return Set.of(200, 206);
    }

    @Override
    public void check(HttpReply reply) {
        if (reply.status() == 206) {
            Parts.require(reply, 0, 1);
        } else if (reply.status() == 200 && Heads.length(reply).isEmpty()) {
            throw new WrongAnswer("does not say the size of a blob (expected: Content-Length or Content-Range)");
        }
    }

    @Override
    public CompletableFuture<Long> read(HttpReply reply) {
        if (reply.status() == 206) {
            return reply.body(1)
                    .thenApply(first -> Heads.range(reply).orElseThrow().size());
        }
        reply.close();
        return CompletableFuture.completedFuture(Heads.length(reply).orElseThrow());
    }
}
