package io.entrepot.server.upstream;

import io.entrepot.oci.Manifest;
import io.entrepot.oci.MediaType;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Repository;
import io.entrepot.server.net.HttpCall.Method;
import io.entrepot.server.net.HttpReply;
import io.entrepot.server.upstream.Upstream.ManifestReply;
import io.entrepot.server.upstream.UpstreamEvents.Endpoint;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** GET of a manifest: its bytes as they came. */
record ManifestGet(Repository repository, Reference reference) implements Question<ManifestReply> {

    /** Always the whole list, whatever the client accepts: a narrow one gets other digests from registries that convert. */
    static final Map<String, String> ACCEPT = Map.of(
            "Accept",
            "application/vnd.oci.image.index.v1+json,"
                    + " application/vnd.oci.image.manifest.v1+json,"
                    + " application/vnd.docker.distribution.manifest.list.v2+json,"
                    + " application/vnd.docker.distribution.manifest.v2+json,"
                    + " application/vnd.oci.artifact.manifest.v1+json;q=0.8, */*;q=0.1");

    @Override
    public Endpoint endpoint() {
        return Endpoint.MANIFEST;
    }

    @Override
    public Method method() {
        return Method.GET;
    }

    @Override
    public String path() {
        return "manifests/" + reference;
    }

    @Override
    public Map<String, String> headers() {
        return ACCEPT;
    }

    @Override
    public Optional<Question<?>> uncounted() {
        return Optional.of(new ManifestHead(repository, reference));
    }

    @Override
    public CompletableFuture<ManifestReply> read(HttpReply reply) {
        MediaType type = Heads.mediaType(reply).orElse(MediaType.OCTET_STREAM);
        return reply.body(Manifest.MAX_SIZE).thenApply(bytes -> new ManifestReply(bytes, type, Heads.digest(reply)));
    }
}
