package io.entrepot.server.upstream;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.MediaType;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Repository;
import io.entrepot.server.net.HttpCall.Method;
import io.entrepot.server.net.HttpReply;
import io.entrepot.server.upstream.UpstreamEvents.Endpoint;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** HEAD of a manifest: its descriptor, if the answer says all of it; nothing where HEAD is not allowed. */
record ManifestHead(Repository repository, Reference reference) implements Question<Optional<Descriptor>> {

    @Override
    public Endpoint endpoint() {
        return Endpoint.MANIFEST_HEAD;
    }

    @Override
    public Method method() {
        return Method.HEAD;
    }

    @Override
    public String path() {
        return "manifests/" + reference;
    }

    @Override
    public Map<String, String> headers() {
        return ManifestGet.ACCEPT;
    }

    @Override
    public Set<Integer> wanted() {
        return Set.of(200, 405);
    }

    @Override
    public CompletableFuture<Optional<Descriptor>> read(HttpReply reply) {
        return reply.status() == 200
                ? reply.body(0).thenApply(nothing -> descriptor(reply))
                : CompletableFuture.completedFuture(Optional.empty());
    }

    private static Optional<Descriptor> descriptor(HttpReply reply) {
        Optional<Digest> digest = Heads.digest(reply);
        Optional<MediaType> type = Heads.mediaType(reply);
        OptionalLong size = Heads.length(reply);
        return digest.isPresent() && type.isPresent() && size.isPresent()
                ? Optional.of(new Descriptor(type.get(), digest.get(), size.getAsLong()))
                : Optional.empty();
    }
}
