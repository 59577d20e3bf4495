package io.entrepot.server.upstream;

import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import io.entrepot.server.upstream.UpstreamException.Kind;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** An upstream that is never contacted. */
public record OfflineUpstream(UpstreamConfig config) implements Upstream {

    @Override
    public Registry registry() {
        return config.registry();
    }

    @Override
    public CompletableFuture<Optional<HeadReply>> head(Repository repository, Reference reference) {
        return unasked();
    }

    @Override
    public CompletableFuture<ManifestReply> manifest(Repository repository, Reference reference) {
        return unasked();
    }

    @Override
    public CompletableFuture<BlobReply> blob(
            Repository repository, Digest digest, long from, Optional<String> validator) {
        return unasked();
    }

    @Override
    public CompletableFuture<BlobReply> blobRange(Repository repository, Digest digest, long from, long to) {
        return unasked();
    }

    @Override
    public CompletableFuture<Long> blobSize(Repository repository, Digest digest) {
        return unasked();
    }

    @Override
    public CompletableFuture<TagPage> tags(Repository repository, int n, Optional<String> last) {
        return unasked();
    }

    @Override
    public CompletableFuture<Optional<ReferrersPage>> referrers(Repository repository, Digest subject, String page) {
        return unasked();
    }

    private <T> CompletableFuture<T> unasked() {
        return CompletableFuture.failedFuture(new UpstreamException(Kind.OFFLINE, config.registry() + " is offline"));
    }
}
