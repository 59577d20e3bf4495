package io.entrepot.server.upstream;

import io.entrepot.config.MirrorConfig.Credentials;
import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.MediaType;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Referrer;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * One registry that we pull from, with our credentials and its peculiarities. Every future fails with an
 * {@link UpstreamException} and nothing else.
 */
public interface Upstream {

    Registry registry();

    /** What the configuration says of it. */
    UpstreamConfig config();

    /** Whether nobody of it is asked now, but for one request that finds out whether it answers again. */
    default boolean isSuspended() {
        return false;
    }

    /** How it stands with each of its endpoints, in their order; empty if nobody is ever asked. */
    default List<EndpointHealth> health() {
        return List.of();
    }

    /** HEAD of a manifest: what the reference means now; empty if the answer does not say digest, type and size. */
    CompletableFuture<Optional<HeadReply>> head(Repository repository, Reference reference);

    /** GET of a manifest, at most {@link io.entrepot.oci.Manifest#MAX_SIZE}. Its digest is not checked here. */
    CompletableFuture<ManifestReply> manifest(Repository repository, Reference reference);

    /**
     * GET of a blob, from {@code from} on.
     *
     * @param validator what an earlier reply's {@link BlobReply#validator} said, or empty; sent as If-Range
     */
    CompletableFuture<BlobReply> blob(Repository repository, Digest digest, long from, Optional<String> validator);

    /** GET of the bytes {@code from} to {@code to} (exclusive) of a blob, by a request of its own. */
    CompletableFuture<BlobReply> blobRange(Repository repository, Digest digest, long from, long to);

    /** The size of a blob, by HEAD, or a GET of one byte where HEAD is refused. */
    CompletableFuture<Long> blobSize(Repository repository, Digest digest);

    /** One page of tags, sorted as the upstream sorts them; {@code last} is exclusive, {@code n} at most 1,000, 0 for no wish. */
    CompletableFuture<TagPage> tags(Repository repository, int n, Optional<String> last);

    /**
     * One page of the manifests whose subject this is; empty if the upstream has no referrers API, or does not know the
     * repository.
     *
     * @param page what the page before it said is next; empty for the first
     */
    CompletableFuture<Optional<ReferrersPage>> referrers(Repository repository, Digest subject, String page);

    /** The same upstream, asked on behalf of somebody. */
    default Upstream onBehalfOf(Payer payer) {
        return this;
    }

    /** The same upstream, asked with what a caller brought, for repositories that are asked for with that. */
    default Upstream with(Caller caller) {
        return this;
    }

    /** Whether it is asked for this repository with what callers bring, and decides by that who may read it. */
    default boolean isPassThrough(Repository repository) {
        return config().credentials().of(repository.path()) instanceof Credentials.PassThrough;
    }

    /** Tells those apart who brought something to be asked with; empty: nobody did. */
    default String caller() {
        return "";
    }

    /**
     * Completes if the upstream does not refuse what the caller brought; true if it takes it, false if it asks nobody who they
     * are before they want something. Whether it suffices for the repository is another question.
     */
    default CompletableFuture<Boolean> login(Repository repository) {
        return CompletableFuture.completedFuture(false);
    }

    /** The same upstream, asked by a name of which nothing is known here: each client may spend little on such. */
    default Upstream forNewName() {
        return this;
    }

    /** The same upstream, for who has an answer already: what its limit has no room for is not asked for in another place. */
    default Upstream sparing() {
        return this;
    }

    /** What came of a blob from these of its hosts does not hash to the digest: for a minute the others are asked first. */
    default void sentWrong(Digest digest, Set<String> endpoints) {}

    /** Those for whom this is equal may share an answer, and a failure. */
    default Object askedAs() {
        return "";
    }

    /** How sparingly it is to be asked about this repository now. */
    default Thrift thrift(Repository repository) {
        return Thrift.NONE;
    }

    /** An answer was given from the cache, which else would have been this request. */
    default void saved(Repository repository, UpstreamEvents.Endpoint endpoint) {}

    /** What it grants us, and what became of that; one for each account that it knows us by. */
    default List<BudgetReport> budgets() {
        return List.of();
    }

    /** What a reference means, and the host that said so; that is empty where there is only one. */
    record HeadReply(Descriptor descriptor, String endpoint) {}

    /**
     * A manifest as it came; {@code mediaType} is {@code application/octet-stream} if nothing was said.
     *
     * @param endpoint the host that it came from; empty where there is only one
     */
    record ManifestReply(byte[] bytes, MediaType mediaType, Optional<Digest> claimed, String endpoint) {

        public ManifestReply(byte[] bytes, MediaType mediaType, Optional<Digest> claimed) {
            this(bytes, mediaType, claimed, "");
        }

        ManifestReply from(String host) {
            return new ManifestReply(bytes, mediaType, claimed, host);
        }
    }

    /** Referrers, and the query of the next page if there is one. */
    record ReferrersPage(List<Referrer> referrers, Optional<String> next) {
        public ReferrersPage {
            referrers = List.copyOf(referrers);
        }
    }

    /** Tags, and whether there are more. */
    record TagPage(List<String> tags, boolean more) {
        public TagPage {
            tags = List.copyOf(tags);
        }
    }
}
