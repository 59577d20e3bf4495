package io.entrepot.server.inspect;

import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import io.entrepot.server.upstream.BlobReply;
import io.entrepot.server.upstream.Upstream;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** An upstream that is only named: for saying where a request would go without sending one. */
record Unasked(UpstreamConfig config) implements Upstream {

    @Override
    public Registry registry() {
        return config.registry();
    }

    @Override
    public CompletableFuture<Optional<Descriptor>> head(Repository repository, Reference reference) {
        throw unasked();
    }

    @Override
    public CompletableFuture<ManifestReply> manifest(Repository repository, Reference reference) {
        throw unasked();
    }

    @Override
    public CompletableFuture<BlobReply> blob(
            Repository repository, Digest digest, long from, Optional<String> validator) {
        throw unasked();
    }

    @Override
    public CompletableFuture<BlobReply> blobRange(Repository repository, Digest digest, long from, long to) {
        throw unasked();
    }

    @Override
    public CompletableFuture<Long> blobSize(Repository repository, Digest digest) {
        throw unasked();
    }

    @Override
    public CompletableFuture<TagPage> tags(Repository repository, int n, Optional<String> last) {
        throw unasked();
    }

    @Override
    public CompletableFuture<Optional<ReferrersPage>> referrers(Repository repository, Digest subject, String page) {
        throw unasked();
    }

    private UnsupportedOperationException unasked() {
        return new UnsupportedOperationException(registry() + " is only named here, not asked");
    }
}
