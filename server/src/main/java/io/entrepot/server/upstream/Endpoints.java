package io.entrepot.server.upstream;

import com.github.benmanes.caffeine.cache.Ticker;
import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import io.entrepot.server.net.Egress;
import io.entrepot.server.net.HttpClient;
import io.entrepot.server.net.Machine;
import io.entrepot.server.upstream.Guarded.Elsewhere;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** An upstream by way of its endpoint, which is left alone while it does not answer. */
public final class Endpoints implements Upstream, AutoCloseable {

    private final UpstreamConfig config;
    private final Guarded first;

    private Endpoints(UpstreamConfig config, Guarded first) {
        this.config = config;
        this.first = first;
    }

    /**
     * Makes ready to ask; asks nothing yet.
     *
     * @param clients makes a client that reaches what an endpoint may reach; it is closed with the upstream
     * @param machine on which it is found out who we are
     */
    public static Endpoints open(
            UpstreamConfig config, Function<Egress, HttpClient> clients, Machine machine, UpstreamEvents events) {
        return open(config, clients, machine, events, Ticker.systemTicker());
    }

    /** @param ticker the clock of breakers and tokens */
    static Endpoints open(
            UpstreamConfig config,
            Function<Egress, HttpClient> clients,
            Machine machine,
            UpstreamEvents events,
            Ticker ticker) {
        RegistryUpstream endpoint = RegistryUpstream.open(config, clients, machine, events, ticker);
        return new Endpoints(config, new Guarded(endpoint, events, ticker));
    }

    @Override
    public Registry registry() {
        return config.registry();
    }

    @Override
    public UpstreamConfig config() {
        return config;
    }

    @Override
    public boolean isSuspended() {
        return health().stream().noneMatch(EndpointHealth::asked);
    }

    @Override
    public List<EndpointHealth> health() {
        return List.of(first.health());
    }

    @Override
    public CompletableFuture<Optional<Descriptor>> head(Repository repository, Reference reference) {
        return first.ask(Elsewhere.COUNTS, endpoint -> endpoint.head(repository, reference));
    }

    @Override
    public CompletableFuture<ManifestReply> manifest(Repository repository, Reference reference) {
        return first.ask(Elsewhere.COUNTS, endpoint -> endpoint.manifest(repository, reference));
    }

    @Override
    public CompletableFuture<BlobReply> blob(
            Repository repository, Digest digest, long from, Optional<String> validator) {
        return first.ask(Elsewhere.IS_STORAGE, endpoint -> endpoint.blob(repository, digest, from, validator));
    }

    @Override
    public CompletableFuture<BlobReply> blobRange(Repository repository, Digest digest, long from, long to) {
        return first.ask(Elsewhere.IS_STORAGE, endpoint -> endpoint.blobRange(repository, digest, from, to));
    }

    @Override
    public CompletableFuture<Long> blobSize(Repository repository, Digest digest) {
        return first.ask(Elsewhere.IS_STORAGE, endpoint -> endpoint.blobSize(repository, digest));
    }

    @Override
    public CompletableFuture<TagPage> tags(Repository repository, int n, Optional<String> last) {
        return first.ask(Elsewhere.COUNTS, endpoint -> endpoint.tags(repository, n, last));
    }

    @Override
    public CompletableFuture<Optional<ReferrersPage>> referrers(Repository repository, Digest subject, String page) {
        return first.ask(Elsewhere.COUNTS, endpoint -> endpoint.referrers(repository, subject, page));
    }

    /** Closes every connection to it. */
    @Override
    public void close() {
        first.close();
    }
}
