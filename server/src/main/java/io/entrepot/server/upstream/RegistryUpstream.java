package io.entrepot.server.upstream;

import com.github.benmanes.caffeine.cache.Ticker;
import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import io.entrepot.server.login.LoginSource;
import io.entrepot.server.login.Logins;
import io.entrepot.server.net.Egress;
import io.entrepot.server.net.HttpClient;
import io.entrepot.server.net.Machine;
import java.net.URI;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** A registry over HTTP, as the distribution spec says, and as registries really are. */
public final class RegistryUpstream implements Upstream, AutoCloseable {

    private final UpstreamConfig config;
    private final HttpClient client;
    private final Failures failures;
    private final LoginSource logins;
    private final Calls calls;

    /** It gave by GET what it had refused by HEAD: HEADs of blobs are of no use there (public.ecr.aws). */
    private volatile boolean refusesHeads;

    private RegistryUpstream(
            UpstreamConfig config, HttpClient client, LoginSource logins, UpstreamEvents events, Ticker ticker) {
        this.config = config;
        this.client = client;
        this.logins = logins;
        this.failures = new Failures(config.registry());
        Refusals refusals = new Refusals(config.registry(), config.credentials());
        Exchange exchange = new Exchange(config.key(), client, events);
        TokenSource tokens = new TokenSource(exchange, refusals, failures, ticker);
        Authorizer authorizer = new Authorizer(new RealmGuard(config), tokens, logins, config.credentials(), exchange);
        this.calls = new Calls(root(config.url()), exchange, authorizer, refusals, failures);
    }

    /**
     * Makes ready to ask; asks nothing yet.
     *
     * @param clients makes a client that reaches what the upstream may reach; it is closed with the upstream
     * @param machine on which it is found out who we are
     */
    public static RegistryUpstream open(
            UpstreamConfig config, Function<Egress, HttpClient> clients, Machine machine, UpstreamEvents events) {
        return open(config, clients, machine, events, Ticker.systemTicker());
    }

    /** @param ticker the clock by which tokens expire */
    static RegistryUpstream open(
            UpstreamConfig config,
            Function<Egress, HttpClient> clients,
            Machine machine,
            UpstreamEvents events,
            Ticker ticker) {
        Egress egress = egress(config);
        return new RegistryUpstream(
                config, clients.apply(egress), Logins.open(config, egress, machine), events, ticker);
    }

    private static Egress egress(UpstreamConfig config) {
        return new Egress(
                config.internal(),
                Set.copyOf(config.redirectHosts()),
                config.ca(),
                config.deadlines().connect(),
                config.deadlines().headers(),
                config.deadlines().idle(),
                config.connections());
    }

    private static URI root(URI url) {
        String text = url.toString();
        return URI.create(text.endsWith("/") ? text : text + "/");
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
    public CompletableFuture<Optional<Descriptor>> head(Repository repository, Reference reference) {
        return calls.ask(new ManifestHead(repository, reference));
    }

    @Override
    public CompletableFuture<ManifestReply> manifest(Repository repository, Reference reference) {
        return calls.ask(new ManifestGet(repository, reference));
    }

    @Override
    public CompletableFuture<BlobReply> blob(
            Repository repository, Digest digest, long from, Optional<String> validator) {
        return calls.ask(new BlobGet(repository, digest, from, validator, failures));
    }

    @Override
    public CompletableFuture<BlobReply> blobRange(Repository repository, Digest digest, long from, long to) {
        return calls.ask(new BlobPart(repository, digest, from, to, failures));
    }

    @Override
    public CompletableFuture<Long> blobSize(Repository repository, Digest digest) {
        CompletableFuture<OptionalLong> head = refusesHeads
                ? CompletableFuture.completedFuture(OptionalLong.empty())
                : calls.ask(new BlobHead(repository, digest));
        return head.thenCompose(size -> size.isPresent()
                ? CompletableFuture.completedFuture(size.getAsLong())
                : calls.ask(new BlobFirstByte(repository, digest)).whenComplete((byGet, failure) -> {
                    refusesHeads = refusesHeads || failure == null;
                }));
    }

    @Override
    public CompletableFuture<TagPage> tags(Repository repository, int n, Optional<String> last) {
        return calls.ask(new TagsGet(repository, n, last));
    }

    @Override
    public CompletableFuture<Optional<ReferrersPage>> referrers(Repository repository, Digest subject, String page) {
        return calls.ask(new ReferrersGet(repository, subject, page));
    }

    /** Closes every connection to it. */
    @Override
    public void close() {
        client.close();
        logins.close();
    }
}
