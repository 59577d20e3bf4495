package io.entrepot.server.upstream;

import com.github.benmanes.caffeine.cache.Ticker;
import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import io.entrepot.server.net.Egress;
import io.entrepot.server.net.HttpClient;
import io.entrepot.server.net.Machine;
import io.entrepot.server.upstream.Guarded.Elsewhere;
import io.entrepot.server.upstream.UpstreamException.Kind;
import io.entrepot.server.upstream.UpstreamException.Trait;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * An upstream by way of its endpoints: the first that answers is asked, and the next one if it fails. Whatever they send is
 * verified where it is kept, so that it does not matter which of them it was.
 */
public final class Endpoints implements Upstream, AutoCloseable {

    private static final char NUMBER = '|';

    private final UpstreamConfig config;
    private final List<Guarded> endpoints;
    private final UpstreamEvents events;
    private final Mistrust mistrust;
    private final Errand errand;

    /** Whether who asks has an answer already, for which no other endpoint's budget is spent. */
    private final boolean sparing;

    private Endpoints(UpstreamConfig config, List<Guarded> endpoints, UpstreamEvents events, Ticker ticker) {
        this.config = config;
        this.endpoints = endpoints;
        this.events = events;
        this.mistrust = new Mistrust(ticker);
        this.errand = Errand.NOBODY;
        this.sparing = false;
    }

    private Endpoints(Endpoints same, Errand errand, boolean sparing) {
        this.config = same.config;
        this.endpoints = same.endpoints;
        this.events = same.events;
        this.mistrust = same.mistrust;
        this.errand = errand;
        this.sparing = sparing;
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

    /**
     * The same, by a clock of its own.
     *
     * @param ticker the clock of breakers, tokens and budgets
     */
    public static Endpoints open(
            UpstreamConfig config,
            Function<Egress, HttpClient> clients,
            Machine machine,
            UpstreamEvents events,
            Ticker ticker) {
        List<Guarded> endpoints = config.endpoints().stream()
                .map(each -> new Guarded(RegistryUpstream.open(each, clients, machine, events, ticker), events, ticker))
                .toList();
        return new Endpoints(config, endpoints, events, ticker);
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
    public Upstream onBehalfOf(Payer payer) {
        return new Endpoints(this, new Errand(payer, errand.caller(), false), sparing);
    }

    @Override
    public Upstream with(Caller caller) {
        return caller.equals(errand.caller())
                ? this
                : new Endpoints(this, new Errand(errand.payer(), caller, errand.newName()), sparing);
    }

    @Override
    public String caller() {
        return errand.caller().id();
    }

    @Override
    public CompletableFuture<Boolean> login(Repository repository) {
        return inTurn(each ->
                each.ask(Elsewhere.COUNTS, endpoint -> endpoint.on(errand).login(repository)));
    }

    @Override
    public Upstream forNewName() {
        return new Endpoints(this, new Errand(errand.payer(), errand.caller(), true), sparing);
    }

    @Override
    public Upstream sparing() {
        return sparing ? this : new Endpoints(this, errand, true);
    }

    @Override
    public Object askedAs() {
        return new AskedAs(errand.payer().chosen(), caller(), sparing);
    }

    private record AskedAs(boolean chosen, String caller, boolean sparing) {}

    /** What the endpoint calls for that is asked first. */
    @Override
    public Thrift thrift(Repository repository) {
        return endpoints.get(0).endpoint().on(errand).thrift(repository);
    }

    @Override
    public void saved(Repository repository, UpstreamEvents.Endpoint endpoint) {
        endpoints.get(0).endpoint().on(errand).saved(repository, endpoint);
    }

    @Override
    public List<BudgetReport> budgets() {
        return endpoints.stream()
                .flatMap(each -> each.endpoint().budgets().stream())
                .toList();
    }

    @Override
    public boolean isSuspended() {
        return endpoints.stream().noneMatch(Guarded::isAsked);
    }

    @Override
    public List<EndpointHealth> health() {
        return endpoints.stream().map(Guarded::health).toList();
    }

    @Override
    public CompletableFuture<Optional<HeadReply>> head(Repository repository, Reference reference) {
        return inTurn(each -> each.ask(
                        Elsewhere.COUNTS, endpoint -> endpoint.on(errand).head(repository, reference))
                .thenApply(said -> said.map(descriptor -> new HeadReply(descriptor, name(each)))));
    }

    /** Where there are several, the next one is asked for what is wrong; of one, who keeps it finds out. */
    @Override
    public CompletableFuture<ManifestReply> manifest(Repository repository, Reference reference) {
        List<Guarded> order =
                reference instanceof Reference.ByDigest by ? mistrust.last(order(), by.digest()) : order();
        return asking(
                order,
                each -> each.ask(
                                Elsewhere.COUNTS,
                                endpoint -> endpoint.on(errand).manifest(repository, reference))
                        .thenApply(reply -> sound(each, repository, reference, reply.from(name(each)))));
    }

    private ManifestReply sound(Guarded from, Repository repository, Reference reference, ManifestReply reply) {
        Optional<Digest> expected =
                reference instanceof Reference.ByDigest by ? Optional.of(by.digest()) : reply.claimed();
        if (endpoints.size() > 1 && expected.isPresent()) {
            require(from, repository, expected.get(), reply.bytes());
        }
        return reply;
    }

    private void require(Guarded from, Repository repository, Digest digest, byte[] bytes) {
        if (!digest.matches(bytes)) {
            String detail = "hashes to " + Digest.of(digest.algorithm(), bytes);
            mistrust.add(digest, from);
            events.noticed(new Incident.WrongBytes(registry(), from.host(), repository, digest, detail));
            throw new UpstreamException(Kind.INVALID, repository + "@" + digest + ": what came " + detail);
        }
    }

    /** A validator is of one endpoint; where there are several, the digest alone says whether the parts belong together. */
    @Override
    public CompletableFuture<BlobReply> blob(
            Repository repository, Digest digest, long from, Optional<String> validator) {
        if (endpoints.size() == 1) {
            return endpoints
                    .get(0)
                    .ask(
                            Elsewhere.IS_STORAGE,
                            endpoint -> endpoint.on(errand).blob(repository, digest, from, validator));
        }
        return transfer(
                digest,
                each -> each.ask(
                                Elsewhere.IS_STORAGE,
                                endpoint -> endpoint.on(errand).blob(repository, digest, from, Optional.empty()))
                        .thenCompose(reply -> SmallBlob.is(reply)
                                ? small(each, repository, digest, reply)
                                : CompletableFuture.completedFuture(watched(each, digest, reply))));
    }

    private CompletableFuture<BlobReply> small(Guarded from, Repository repository, Digest digest, BlobReply reply) {
        return SmallBlob.read(watched(from, digest, reply), config.deadlines().idle())
                .thenApply(bytes -> {
                    require(from, repository, digest, bytes);
                    return new SmallBlob(bytes, from.host());
                });
    }

    private BlobReply watched(Guarded from, Digest digest, BlobReply reply) {
        return new Watched(reply, from.host(), () -> mistrust.add(digest, from));
    }

    @Override
    public CompletableFuture<BlobReply> blobRange(Repository repository, Digest digest, long from, long to) {
        return transfer(
                digest,
                each -> each.ask(
                                Elsewhere.IS_STORAGE,
                                endpoint -> endpoint.on(errand).blobRange(repository, digest, from, to))
                        .thenApply(reply -> endpoints.size() == 1 ? reply : watched(each, digest, reply)));
    }

    @Override
    public CompletableFuture<Long> blobSize(Repository repository, Digest digest) {
        return inTurn(each ->
                each.ask(Elsewhere.IS_STORAGE, endpoint -> endpoint.on(errand).blobSize(repository, digest)));
    }

    @Override
    public CompletableFuture<TagPage> tags(Repository repository, int n, Optional<String> last) {
        return inTurn(each ->
                each.ask(Elsewhere.COUNTS, endpoint -> endpoint.on(errand).tags(repository, n, last)));
    }

    /** A page is the next one only where the one before it came from: it begins with the number of its endpoint. */
    @Override
    public CompletableFuture<Optional<ReferrersPage>> referrers(Repository repository, Digest subject, String page) {
        if (endpoints.size() == 1) {
            return referrers(endpoints.get(0), repository, subject, page);
        }
        if (page.isEmpty()) {
            return inTurn(each -> referrers(each, repository, subject, "")
                    .thenCompose(said -> said.isPresent() || each == endpoints.get(endpoints.size() - 1)
                            ? CompletableFuture.completedFuture(numbered(each, said))
                            : CompletableFuture.failedFuture(noReferrers())));
        }
        int number = page.indexOf(NUMBER);
        Guarded begun = endpoints.get(Integer.parseInt(page.substring(0, number)));
        return referrers(begun, repository, subject, page.substring(number + 1))
                .thenApply(said -> numbered(begun, said));
    }

    /** It says so for want of the API, not for want of referrers: who has the API is to say it. */
    private UpstreamException noReferrers() {
        return new UpstreamException(
                Kind.NOT_FOUND, registry() + ": no list of referrers", Duration.ZERO, Set.of(Trait.UNSUPPORTED));
    }

    private CompletableFuture<Optional<ReferrersPage>> referrers(
            Guarded endpoint, Repository repository, Digest subject, String page) {
        return endpoint.ask(Elsewhere.COUNTS, registry -> registry.on(errand).referrers(repository, subject, page));
    }

    private Optional<ReferrersPage> numbered(Guarded endpoint, Optional<ReferrersPage> said) {
        return said.map(page -> new ReferrersPage(
                page.referrers(), page.next().map(next -> "" + endpoints.indexOf(endpoint) + NUMBER + next)));
    }

    private CompletableFuture<BlobReply> transfer(
            Digest digest, Function<Guarded, CompletableFuture<BlobReply>> question) {
        return asking(mistrust.last(order(), digest), question);
    }

    @Override
    public void sentWrong(Digest digest, Set<String> hosts) {
        endpoints.stream().filter(each -> hosts.contains(each.host())).forEach(each -> mistrust.add(digest, each));
    }

    private <T> CompletableFuture<T> inTurn(Function<Guarded, CompletableFuture<T>> question) {
        return asking(order(), question);
    }

    private <T> CompletableFuture<T> asking(List<Guarded> order, Function<Guarded, CompletableFuture<T>> question) {
        return new Asking<>(order, question, sparing, () -> events.passedOn(config.key())).next();
    }

    /** Those that answer, and behind them, for want of any other, those that did not. */
    private List<Guarded> order() {
        if (endpoints.size() == 1) {
            return endpoints;
        }
        List<Guarded> order = new ArrayList<>();
        List<Guarded> suspended = new ArrayList<>();
        endpoints.forEach(each -> (each.isAsked() ? order : suspended).add(each));
        if (!order.isEmpty()) {
            // nobody waits to find out whether it is back, while another one can be asked
            suspended.forEach(Guarded::look);
        }
        order.addAll(suspended);
        return order;
    }

    private String name(Guarded endpoint) {
        return endpoints.size() == 1 ? "" : endpoint.host();
    }

    /** Closes every connection to it. */
    @Override
    public void close() {
        endpoints.forEach(Guarded::close);
    }
}
