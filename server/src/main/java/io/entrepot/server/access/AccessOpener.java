package io.entrepot.server.access;

import io.entrepot.config.AccessConfig;
import io.entrepot.config.AccessConfig.Issuer;
import io.entrepot.config.AccessConfig.Keys;
import io.entrepot.config.HttpProxy;
import io.entrepot.config.MirrorConfig;
import io.entrepot.config.PolicyConfig;
import io.entrepot.config.UpstreamPattern;
import io.entrepot.server.net.Egress;
import io.entrepot.server.net.HttpCall;
import io.entrepot.server.net.HttpClient;
import io.entrepot.server.net.HttpReply;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes an {@link Access} of each configuration, and holds what they share: threads, keys, what was issued and believed.
 * What changes who somebody is or what is theirs begins a new edition, in which no token of an earlier one is good.
 * Nothing changes, and no other files are followed, before what was opened is {@link Opening#use used}.
 */
public final class AccessOpener implements AutoCloseable {

    private static final int LARGEST_JWKS = 256 * 1024;

    private final Function<Egress, HttpClient> clients;
    private final AccessEvents events;
    private final Mac mac = new Mac();
    private final Work hashing = new Work("passwords", Math.max(1, processors() / 2), 64);
    private final Work verifying = new Work("signatures", Math.max(1, processors() / 2), 1_024);
    private final Passwords passwords = new Passwords(hashing, mac, System::nanoTime);
    private final UpstreamLogins logins;
    private final OwnTokens tokens = new OwnTokens(mac, System::nanoTime);
    private final AtomicLong changes = new AtomicLong();
    private final NodeCredentials nodes;
    private final Clock clock = Clock.systemUTC();

    // what is in use, guarded by this
    private Map<At, Fetched> fetched = Map.of();
    private @Nullable AccessConfig access;
    private @Nullable PolicyConfig policy;
    private Set<Object> places = Set.of();
    private long rules;
    private volatile List<WatchedFile<?>> files = List.of();

    /**
     * Opens what all configurations share.
     *
     * @param nodes the file of what was issued to nodes
     * @throws IOException if it cannot be read
     */
    public AccessOpener(Function<Egress, HttpClient> clients, Path nodes, AccessEvents events) throws IOException {
        this.clients = clients;
        this.events = events;
        this.logins = new UpstreamLogins(events, System::nanoTime);
        this.nodes = NodeCredentials.open(nodes, this::forgetTokens);
    }

    /** No token that was given out until now is good any more: what they rest on has changed. */
    public void forgetTokens() {
        changes.incrementAndGet();
    }

    private static int processors() {
        return Runtime.getRuntime().availableProcessors();
    }

    private record At(URI url, Optional<Path> ca, Optional<HttpProxy> proxy) {}

    private record Fetched(HttpClient client, FetchedKeys keys) {}

    /** What was issued to nodes. */
    public NodeCredentials nodes() {
        return nodes;
    }

    /** Reads the files that it names. Blocks. @throws IOException naming the file that cannot be used */
    public synchronized Opening open(MirrorConfig config) throws IOException {
        return new Opening(config);
    }

    /** What was opened for a configuration. It may be dropped: it holds nothing that would have to be closed. */
    public final class Opening {

        private final MirrorConfig config;
        private final List<WatchedFile<?>> watched = new ArrayList<>();
        private final Map<At, Fetched> asked = new HashMap<>();
        private final long edition;
        private final Access opened;

        private Opening(MirrorConfig config) throws IOException {
            AccessConfig next = config.access();
            this.config = config;
            WatchedFile<Htpasswd> users =
                    next.htpasswd().isPresent() ? watched(next.htpasswd().get(), Htpasswd::parse) : null;
            Map<Issuer, KeySource> keys = new HashMap<>();
            for (Issuer issuer : next.issuers()) {
                keys.put(issuer, keys(issuer));
            }
            this.edition = isInUse() ? rules : rules + 1;
            this.opened = new Access(
                    proofs(config, users, keys, edition),
                    new Rights(next.rights()),
                    next.tokenLifetime(),
                    asksWho(config));
        }

        private KeySource keys(Issuer issuer) throws IOException {
            if (issuer.keys() instanceof Keys.InFile file) {
                WatchedFile<List<Jwk>> keys =
                        watched(file.path(), text -> Jwk.set(text.getBytes(StandardCharsets.UTF_8)));
                return kid -> CompletableFuture.completedFuture(keys.get());
            }
            At at = new At(((Keys.AtUrl) issuer.keys()).url(), issuer.ca(), config.proxy());
            Fetched known = fetched.get(at);
            return asked.computeIfAbsent(at, key -> known == null ? fetched(issuer.issuer(), key) : known).keys;
        }

        private <T> WatchedFile<T> watched(Path file, Function<String, T> parse) throws IOException {
            WatchedFile<T> read = new WatchedFile<>(file, parse, AccessOpener.this::forgetTokens);
            watched.add(read);
            return read;
        }

        /** Whether tokens go on to rest on what they rest on now. */
        private boolean isInUse() {
            return config.access().equals(access)
                    && config.policy().equals(policy)
                    && places(config).equals(places)
                    && contents(watched).equals(contents(files));
        }

        /** Who asks, and what is theirs. */
        public Access access() {
            return opened;
        }

        /** It is the one in use from now on, and its files are those that are followed. */
        public void use() {
            AccessOpener.this.use(this);
        }
    }

    /** Where what callers bring may be sent: to no other place without another challenge. */
    private static Set<Object> places(MirrorConfig config) {
        return Stream.concat(
                        config.upstreams().values().stream(),
                        config.upstreamPatterns().stream().map(UpstreamPattern::template))
                .filter(each -> each.credentials().passThrough())
                .<Object>map(each -> List.of(each.key(), each.url(), each.credentials(), each.tokenHosts()))
                .collect(Collectors.toSet());
    }

    private static List<Object> contents(List<WatchedFile<?>> files) {
        return files.stream().map(WatchedFile::content).toList();
    }

    private synchronized void use(Opening next) {
        files = List.copyOf(next.watched);
        fetched.forEach((at, each) -> {
            if (!next.asked.containsKey(at)) {
                each.client.close();
            }
        });
        fetched = Map.copyOf(next.asked);
        access = next.config.access();
        places = places(next.config);
        policy = next.config.policy();
        rules = next.edition;
    }

    private Proofs proofs(
            MirrorConfig mirror, @Nullable WatchedFile<Htpasswd> users, Map<Issuer, KeySource> keys, long edition) {
        AccessConfig config = mirror.access();
        return new Proofs(
                new Proofs.Methods(config.clientCa().isPresent(), users, config.nodes(), mirror.passesThrough()),
                new Groups(config.groups()),
                passwords,
                new Issuers(config.issuers(), issuer -> keys.getOrDefault(issuer, NONE), verifying, clock),
                tokens,
                logins,
                nodes,
                // what another configuration gave out is of no edition of this one
                () -> (edition << Integer.SIZE) + changes.get(),
                events,
                clock);
    }

    private static final KeySource NONE = kid -> CompletableFuture.completedFuture(List.of());

    private Fetched fetched(String issuer, At at) {
        HttpClient client = clients.apply(Egress.toIssuer(at.url, at.ca, at.proxy));
        return new Fetched(client, new FetchedKeys(issuer, () -> fetch(client, at.url), System::nanoTime));
    }

    private static CompletableFuture<byte[]> fetch(HttpClient client, URI url) {
        return client.send(HttpCall.get(url, Map.of("Accept", "application/json")))
                .thenCompose(AccessOpener::body);
    }

    private static CompletableFuture<byte[]> body(HttpReply reply) {
        if (reply.status() != 200) {
            reply.close();
            return CompletableFuture.failedFuture(
                    new IOException(reply.uri() + ": " + reply.status() + " (expected: 200 with a JWKS)"));
        }
        return reply.body(LARGEST_JWKS);
    }

    /** Whether a right or a rule speaks of who somebody is, beyond where they are. */
    private static boolean asksWho(MirrorConfig config) {
        return config.passesThrough()
                || !config.access().rights().isEmpty()
                || config.policy().rules().stream()
                        .anyMatch(rule -> rule.match().asker().needsIdentity());
    }

    /** Reads files again that are others. To be called every few seconds; may block. */
    public void follow() {
        files.forEach(WatchedFile::follow);
    }

    @Override
    public synchronized void close() {
        fetched.values().forEach(each -> each.client.close());
        hashing.close();
        verifying.close();
    }
}
