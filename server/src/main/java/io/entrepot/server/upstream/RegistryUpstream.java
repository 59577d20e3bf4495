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
import io.entrepot.server.upstream.Upstream.ManifestReply;
import io.entrepot.server.upstream.Upstream.ReferrersPage;
import io.entrepot.server.upstream.Upstream.TagPage;
import io.entrepot.server.upstream.UpstreamEvents.Endpoint;
import io.entrepot.server.upstream.UpstreamException.Kind;
import io.entrepot.server.upstream.UpstreamException.Trait;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * One endpoint of an upstream: a registry over HTTP, as the distribution spec says, and as registries really are. Every
 * future fails with an {@link UpstreamException} and nothing else; what each asks for, {@link Upstream} says.
 */
final class RegistryUpstream implements AutoCloseable {

    private final UpstreamConfig config;
    private final HttpClient client;
    private final Failures failures;
    private final LoginSource logins;
    private final Budgets budgets;
    private final Calls calls;
    private final Errand errand;

    /** It gave by GET what it had refused by HEAD: HEADs of blobs are of no use there (public.ecr.aws). */
    private final AtomicBoolean refusesHeads;

    private RegistryUpstream(
            UpstreamConfig config, HttpClient client, LoginSource logins, UpstreamEvents events, Ticker ticker) {
        this.config = config;
        this.client = client;
        this.logins = logins;
        this.failures = new Failures(config.registry(), config.url());
        this.errand = Errand.NOBODY;
        this.refusesHeads = new AtomicBoolean();
        this.budgets = new Budgets(config, ticker);
        Refusals refusals = new Refusals(config.registry(), config.credentials());
        Exchange exchange =
                new Exchange(config.key(), client, events, budgets.common().meter(""));
        TokenSource tokens = new TokenSource(refusals, failures, ticker);
        Authorizer authorizer = new Authorizer(new RealmGuard(config), tokens, logins, config.credentials(), exchange);
        this.calls = new Calls(root(config.url()), exchange, budgets, authorizer, refusals, failures);
    }

    private RegistryUpstream(RegistryUpstream same, Errand errand) {
        this.config = same.config;
        this.client = same.client;
        this.logins = same.logins;
        this.failures = same.failures;
        this.budgets = same.budgets;
        this.calls = same.calls;
        this.refusesHeads = same.refusesHeads;
        this.errand = errand;
    }

    /**
     * Makes ready to ask; asks nothing yet.
     *
     * @param clients makes a client that reaches what the upstream may reach; it is closed with the upstream
     * @param machine on which it is found out who we are
     */
    static RegistryUpstream open(
            UpstreamConfig config, Function<Egress, HttpClient> clients, Machine machine, UpstreamEvents events) {
        return open(config, clients, machine, events, Ticker.systemTicker());
    }

    /**
     * The same, by a clock of its own.
     *
     * @param ticker by which tokens expire and budgets refill
     */
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
                config.connections(),
                config.reach().proxy());
    }

    private static URI root(URI url) {
        String text = url.toString();
        return URI.create(text.endsWith("/") ? text : text + "/");
    }

    Registry registry() {
        return config.registry();
    }

    UpstreamConfig config() {
        return config;
    }

    CompletableFuture<Optional<Descriptor>> head(Repository repository, Reference reference) {
        return asked(repository, there -> calls.ask(new ManifestHead(there, reference), errand));
    }

    CompletableFuture<ManifestReply> manifest(Repository repository, Reference reference) {
        return asked(repository, there -> calls.ask(new ManifestGet(there, reference), errand));
    }

    CompletableFuture<BlobReply> blob(Repository repository, Digest digest, long from, Optional<String> validator) {
        return asked(repository, there -> calls.ask(new BlobGet(there, digest, from, validator, failures), errand));
    }

    CompletableFuture<BlobReply> blobRange(Repository repository, Digest digest, long from, long to) {
        return asked(repository, there -> calls.ask(new BlobPart(there, digest, from, to, failures), errand));
    }

    CompletableFuture<Long> blobSize(Repository repository, Digest digest) {
        return asked(repository, there -> size(there, digest));
    }

    private CompletableFuture<Long> size(Repository there, Digest digest) {
        CompletableFuture<OptionalLong> head = refusesHeads.get()
                ? CompletableFuture.completedFuture(OptionalLong.empty())
                : calls.ask(new BlobHead(there, digest), errand);
        return head.thenCompose(size -> size.isPresent()
                ? CompletableFuture.completedFuture(size.getAsLong())
                : calls.ask(new BlobFirstByte(there, digest), errand).whenComplete((byGet, failure) -> {
                    if (failure == null) {
                        refusesHeads.set(true);
                    }
                }));
    }

    CompletableFuture<TagPage> tags(Repository repository, int n, Optional<String> last) {
        return asked(repository, there -> calls.ask(new TagsGet(there, n, last), errand));
    }

    CompletableFuture<Optional<ReferrersPage>> referrers(Repository repository, Digest subject, String page) {
        return asked(repository, there -> calls.ask(new ReferrersGet(there, subject, page), errand));
    }

    /** Any failure of asking it, as one that callers know. */
    UpstreamException failure(Throwable failure) {
        return failures.of(failure);
    }

    /** Completes if it answers at all, whatever it says. */
    CompletableFuture<Void> ping() {
        return calls.ping();
    }

    private <T> CompletableFuture<T> asked(Repository repository, Function<Repository, CompletableFuture<T>> question) {
        Optional<Repository> there = there(repository);
        return there.isPresent() ? question.apply(there.get()) : CompletableFuture.failedFuture(tooLong());
    }

    /** What the repository is called there; empty if that is longer than a name may be. */
    private Optional<Repository> there(Repository repository) {
        String prefix = config.reach().prefix();
        if (prefix.isEmpty()) {
            return Optional.of(repository);
        }
        try {
            return Optional.of(new Repository(repository.registry(), prefix + "/" + repository.path()));
        } catch (IllegalArgumentException e) {
            // both parts are sound: only their length can be wrong
            return Optional.empty();
        }
    }

    /** Nobody was asked, so that another endpoint may well have it. */
    private UpstreamException tooLong() {
        return new UpstreamException(
                Kind.NOT_FOUND,
                registry()
                        + ": the repository's name is too long there (expected: at most 255 characters, with the prefix "
                        + config.reach().prefix() + ")",
                Duration.ZERO,
                Set.of(Trait.UNSUPPORTED, Trait.NO_SIGN));
    }

    /** The same, on this errand. */
    RegistryUpstream on(Errand other) {
        return new RegistryUpstream(this, other);
    }

    /** Completes if it does not refuse what the caller brought: true if it takes it. */
    CompletableFuture<Boolean> login(Repository repository) {
        return asked(repository, there -> calls.login(there, errand));
    }

    Thrift thrift(Repository repository) {
        return there(repository)
                .map(there -> budgets.of(there, errand.caller()).thrift(errand.payer()))
                .orElse(Thrift.NONE);
    }

    void saved(Repository repository, Endpoint endpoint) {
        there(repository).ifPresent(there -> budgets.of(there, errand.caller()).saved(endpoint));
    }

    List<BudgetReport> budgets() {
        return budgets.report();
    }

    /** Closes every connection to it, whoever asks by it. */
    @Override
    public void close() {
        client.close();
        logins.close();
    }
}
