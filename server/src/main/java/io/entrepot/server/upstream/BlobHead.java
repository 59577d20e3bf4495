package io.entrepot.server.upstream;

import io.entrepot.oci.Digest;
import io.entrepot.oci.Repository;
import io.entrepot.server.net.HttpCall.Method;
import io.entrepot.server.net.HttpReply;
import io.entrepot.server.upstream.UpstreamEvents.Endpoint;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** HEAD of a blob: its size; nothing where HEAD is refused, or the answer does not say it. */
record BlobHead(Repository repository, Digest digest) implements Question<OptionalLong> {

    @Override
    public Endpoint endpoint() {
        return Endpoint.BLOB_HEAD;
    }

    @Override
    public Method method() {
        return Method.HEAD;
    }

    @Override
    public String path() {
        return "blobs/" + digest;
    }

    /** Some registries refuse HEAD of a blob though they redirect its GET (public.ecr.aws: 401; signed storage: 403). */
    @Override
    public Set<Integer> wanted() {
        return Set.of(200, 401, 403, 405);
    }

    @Override
    public CompletableFuture<OptionalLong> read(HttpReply reply) {
        return reply.status() == 200
                ? reply.body(0).thenApply(nothing -> Heads.length(reply))
                : CompletableFuture.completedFuture(OptionalLong.empty());
    }
}
