package io.entrepot.server.upstream;

import io.entrepot.oci.Digest;
import io.entrepot.oci.Repository;
import io.entrepot.server.net.HttpCall.Method;
import io.entrepot.server.net.HttpReply;
import io.entrepot.server.upstream.UpstreamEvents.Endpoint;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** GET of a blob from a position to its end; an upstream may answer with the whole instead. */
record BlobGet(Repository repository, Digest digest, long from, Optional<String> validator, Failures failures)
        implements Question<BlobReply> {

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
        Map<String, String> headers = new HashMap<>();
        if (from > 0) {
            headers.put("Range", "bytes=" + from + "-");
            validator.ifPresent(etag -> headers.put("If-Range", etag));
        }
        return headers;
    }

    @Override
    public Set<Integer> wanted() {
        return from > 0 ? Set.of(200, 206) : Set.of(200);
    }

    @Override
    public void check(HttpReply reply) {
        if (reply.status() == 206 && from > 0) {
            Parts.require(reply, from, Parts.TO_THE_END);
        }
    }

    @Override
    public CompletableFuture<BlobReply> read(HttpReply reply) {
        BlobReply transfer = reply.status() == 206
                ? Transfer.part(reply, failures)
                : new Transfer(reply, 0, Heads.length(reply), failures);
        return CompletableFuture.completedFuture(transfer);
    }
}
