package io.entrepot.server.access;

import io.entrepot.config.AccessConfig;
import io.entrepot.config.AccessConfig.Issuer;
import io.entrepot.config.AccessConfig.Keys;
import io.entrepot.config.MirrorConfig;
import io.entrepot.config.PolicyConfig;
import io.entrepot.server.net.Egress;
import io.entrepot.server.net.HttpCall;
import io.entrepot.server.net.HttpClient;
import io.entrepot.server.net.HttpReply;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes an {@link Access} of each configuration, and holds what they share: threads, keys, what was issued and believed.
 * What changes who somebody is or what is theirs begins a new edition, in which no token of an earlier one is good.
 */
public final class AccessOpener implements AutoCloseable {

    private static final int LARGEST_JWKS = 256 * 1024;

    private final Function<Egress, HttpClient> clients;
    private final AccessEvents events;
    private final Mac mac = new Mac();
    private final Work hashing = new Work("passwords", Math.max(1, processors() / 2), 64);
    private final Work verifying = new Work("signatures", Math.max(1, processors() / 2), 1_024);
    private final Passwords passwords = new Passwords(hashing, mac, System::nanoTime);
    private final OwnTokens tokens = new OwnTokens(mac, System::nanoTime);
    private final AtomicLong edition = new AtomicLong(1);
    private final NodeCredentials nodes;
    private final Clock clock = Clock.systemUTC();

    // of the thread that opens and follows
    private final Map<At, Fetched> fetched = new HashMap<>();
    private @Nullable AccessConfig access;
    private @Nullable PolicyConfig policy;
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
        this.nodes = NodeCredentials.open(nodes, edition::incrementAndGet);
    }

    private static int processors() {
        return Runtime.getRuntime().availableProcessors();
    }

    private record At(URI url, Optional<Path> ca) {}

    private record Fetched(HttpClient client, FetchedKeys keys) {}

    /** What was issued to nodes. */
    public NodeCredentials nodes() {
        return nodes;
    }

    /** Reads the files that it names. Blocks. @throws IOException naming the file that cannot be used */
    public synchronized Access open(MirrorConfig config) throws IOException {
        AccessConfig next = config.access();
        List<WatchedFile<?>> watched = new ArrayList<>();
        Proofs proofs = proofs(next, watched);
        files = List.copyOf(watched);
        forget(next);
        if (!next.equals(access) || !config.policy().equals(policy)) {
            edition.incrementAndGet();
        }
        access = next;
        policy = config.policy();
        return new Access(proofs, new Rights(next.rights()), next.tokenLifetime(), asksWho(config));
    }

    private Proofs proofs(AccessConfig config, List<WatchedFile<?>> watched) throws IOException {
        WatchedFile<Htpasswd> users = config.htpasswd().isPresent()
                ? new WatchedFile<>(config.htpasswd().get(), Htpasswd::parse, edition::incrementAndGet)
                : null;
        if (users != null) {
            watched.add(users);
        }
        Map<Issuer, KeySource> keys = new HashMap<>();
        for (Issuer issuer : config.issuers()) {
            keys.put(issuer, keys(issuer, watched));
        }
        return new Proofs(
                new Proofs.Methods(config.clientCa().isPresent(), users, config.nodes()),
                new Groups(config.groups()),
                passwords,
                new Issuers(config.issuers(), issuer -> keys.getOrDefault(issuer, NONE), verifying, clock),
                tokens,
                nodes,
                edition::get,
                events,
                clock);
    }

    private static final KeySource NONE = kid -> CompletableFuture.completedFuture(List.of());

    private KeySource keys(Issuer issuer, List<WatchedFile<?>> watched) throws IOException {
        if (issuer.keys() instanceof Keys.InFile file) {
            WatchedFile<List<Jwk>> keys = new WatchedFile<>(
                    file.path(), text -> Jwk.set(text.getBytes(StandardCharsets.UTF_8)), edition::incrementAndGet);
            watched.add(keys);
            return kid -> CompletableFuture.completedFuture(keys.get());
        }
        At at = new At(((Keys.AtUrl) issuer.keys()).url(), issuer.ca());
        return fetched.computeIfAbsent(at, key -> fetched(issuer.issuer(), key)).keys;
    }

    private Fetched fetched(String issuer, At at) {
        HttpClient client = clients.apply(new Egress(
                true, Set.of(), at.ca, Duration.ofSeconds(3), Duration.ofSeconds(5), Duration.ofSeconds(5), 2));
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

    private void forget(AccessConfig next) {
        List<At> kept = next.issuers().stream()
                .filter(issuer -> issuer.keys() instanceof Keys.AtUrl)
                .map(issuer -> new At(((Keys.AtUrl) issuer.keys()).url(), issuer.ca()))
                .toList();
        fetched.entrySet().removeIf(each -> {
            boolean gone = !kept.contains(each.getKey());
            if (gone) {
                each.getValue().client.close();
            }
            return gone;
        });
    }

    /** Whether a right or a rule speaks of who somebody is, beyond where they are. */
    private static boolean asksWho(MirrorConfig config) {
        return !config.access().rights().isEmpty()
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
