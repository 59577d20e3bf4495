package io.entrepot.server.admin;

import io.entrepot.config.Secret;
import io.entrepot.oci.Digest;
import io.entrepot.oci.RegistryException;
import io.entrepot.server.admin.Reloads.Outcome;
import io.entrepot.server.inspect.Who;
import io.entrepot.storage.disk.Garbage.Limits;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * What can be asked on the admin port. Health and metrics are open; what changes or discloses anything needs the token, or
 * the Unix socket, which only our own user can open.
 */
public final class AdminApi {

    private static final String API = "/api/v1/";

    private final Health health;
    private final Metrics metrics;
    private final Explainer explainer;
    private final CacheApi cache;
    private final PullApi pulls;
    private final NodesApi nodes;
    private final UpstreamsApi upstreams;
    private final PinApi pins;
    private final AuditApi audit;
    private final Reloads reloads;
    private final Supplier<Tokens> tokens;

    public AdminApi(
            Health health,
            Metrics metrics,
            Explainer explainer,
            CacheApi cache,
            PullApi pulls,
            NodesApi nodes,
            UpstreamsApi upstreams,
            Pins pins,
            AuditApi audit,
            Reloads reloads,
            Supplier<Tokens> tokens) {
        this.health = health;
        this.metrics = metrics;
        this.explainer = explainer;
        this.cache = cache;
        this.pulls = pulls;
        this.nodes = nodes;
        this.upstreams = upstreams;
        this.pins = new PinApi(pins);
        this.audit = audit;
        this.reloads = reloads;
        this.tokens = tokens;
    }

    /**
     * What opens what over TCP.
     *
     * @param admin everything; empty: nothing does
     * @param auditor what is below {@code audit/}, and that alone; empty: {@code admin} does
     */
    public record Tokens(Optional<Secret> admin, Optional<Secret> auditor) {}

    /** One request; {@code authorization} is empty if there was none, {@code local} if it came through the Unix socket. */
    record Call(String method, String uri, String authorization, boolean local) {}

    CompletableFuture<Reply> answer(Call call) {
        QueryStringDecoder uri = new QueryStringDecoder(call.uri());
        String path = uri.path();
        if (!path.startsWith(API)) {
            return CompletableFuture.completedFuture(open(call.method(), path));
        }
        String asked = path.substring(API.length());
        Optional<Reply> refusal =
                call.local() || isAuditor(call, asked) ? Optional.empty() : refuse(call.authorization());
        return refusal.map(CompletableFuture::completedFuture)
                .orElseGet(() -> AuditApi.isAsked(asked)
                        ? audited(call, asked, uri.parameters())
                        : api(call.method(), asked, uri.parameters()))
                .exceptionally(AdminApi::failure);
    }

    /** Who reads; what changes the log's keys is not theirs. */
    private boolean isAuditor(Call call, String asked) {
        return AuditApi.isAsked(asked)
                && !call.method().equals("POST")
                && tokens.get()
                        .auditor()
                        .filter(secret -> new AdminToken(secret).opens(call.authorization()))
                        .isPresent();
    }

    private CompletableFuture<Reply> audited(Call call, String asked, Map<String, List<String>> query) {
        String who = call.local() ? "socket" : isAuditor(call, asked) ? "auditor's token" : "admin's token";
        return asked.equals(AuditApi.KEYS)
                ? only("POST", call.method(), () -> audit.rotate(who))
                : only("GET", call.method(), () -> audit.answer(asked, query, who));
    }

    private Reply open(String method, String path) {
        return switch (path) {
            case "/livez" -> get(method, health::live);
            case "/readyz" -> get(method, health::ready);
            case "/metrics" -> get(method, metrics::scrape);
            default -> notFound(path);
        };
    }

    private CompletableFuture<Reply> api(String method, String path, Map<String, List<String>> query) {
        if (path.startsWith("cache/sha")) {
            return only("DELETE", method, () -> remove(path.substring("cache/".length())));
        }
        return switch (path) {
            case "explain" -> only("GET", method, () -> explain(query));
            case "cache" -> only("GET", method, cache::list);
            case "cache/verify" -> only("POST", method, cache::verify);
            case "cache/gc" -> only("POST", method, () -> cache.collect(limits(query)));
            case "misses" -> method.equals("DELETE") ? pulls.forgetMisses() : only("GET", method, pulls::misses);
            case "discovered" ->
                method.equals("DELETE") ? pulls.forgetDiscovered() : only("GET", method, pulls::discovered);
            case "warm" ->
                only(
                        "POST",
                        method,
                        () -> pulls.warm(
                                query.getOrDefault("image", List.of()), query.getOrDefault("platform", List.of())));
            case "nodes" -> nodes(method, query);
            case "upstreams" -> only("GET", method, upstreams::list);
            case "pins" -> only("GET", method, pins::list);
            case "pins/upstream" -> only("GET", method, () -> pins.upstream(query));
            case "pins/promote" -> only("POST", method, () -> pins.promote(query));
            case "reload" -> only("POST", method, () -> reloads.reload().thenApply(AdminApi::reloaded));
            default -> CompletableFuture.completedFuture(notFound(API + path));
        };
    }

    private CompletableFuture<Reply> nodes(String method, Map<String, List<String>> query) {
        return switch (method) {
            case "GET" -> only("GET", method, nodes::list);
            case "POST" -> only("POST", method, () -> nodes.issue(one(query, "name")));
            case "DELETE" -> only("DELETE", method, () -> nodes.revoke(one(query, "name")));
            default -> CompletableFuture.completedFuture(notAllowed("GET, POST, DELETE"));
        };
    }

    /** As in {@code ?dry-run=true&unused-for=3600&set-aside-for=604800}, in seconds; all of them must be given. */
    private static Limits limits(Map<String, List<String>> query) {
        return new Limits(seconds(query, "unused-for"), seconds(query, "set-aside-for"), flag(query, "dry-run"));
    }

    private static Duration seconds(Map<String, List<String>> query, String name) {
        String text = one(query, name);
        if (!text.matches("[0-9]{1,10}")) {
            throw new IllegalArgumentException(name + ": " + text + " (expected: a number of seconds, 0 or more)");
        }
        return Duration.ofSeconds(Long.parseLong(text));
    }

    /** What removes things must not take a slip for "no". */
    private static boolean flag(Map<String, List<String>> query, String name) {
        String text = one(query, name);
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(name + ": " + text + " (expected: true or false)");
        };
    }

    private static String one(Map<String, List<String>> query, String name) {
        List<String> values = query.getOrDefault(name, List.of());
        if (values.size() != 1) {
            throw new IllegalArgumentException(name + " is given " + values.size() + " times (expected: once)");
        }
        return values.get(0);
    }

    private Optional<Reply> refuse(String authorization) {
        Optional<Secret> secret = tokens.get().admin();
        if (secret.isEmpty()) {
            return Optional.of(Reply.error(
                    403, "no admin token is configured: set admin.token, or use the Unix socket beside the store"));
        }
        if (new AdminToken(secret.get()).opens(authorization)) {
            return Optional.empty();
        }
        return Optional.of(Reply.error(
                401, "this needs the admin token (Authorization: Bearer …)", Map.of("WWW-Authenticate", "Bearer")));
    }

    /** {@code ?image=alpine&as=ann&group=ops&namespace=prod&service-account=web&from=10.0.0.7}; all but the image may lack. */
    private CompletableFuture<Reply> explain(Map<String, List<String>> query) {
        Who who = new Who(
                atMostOne(query, "as"),
                Set.copyOf(query.getOrDefault("group", List.of())),
                atMostOne(query, "namespace"),
                atMostOne(query, "service-account"),
                atMostOne(query, "from"));
        return explainer.explain(one(query, "image"), who).thenApply(facts -> Reply.json(200, facts));
    }

    private static String atMostOne(Map<String, List<String>> query, String name) {
        return query.containsKey(name) ? one(query, name) : "";
    }

    private CompletableFuture<Reply> remove(String digest) {
        return cache.remove(Digest.parse(digest));
    }

    private static Reply reloaded(Outcome outcome) {
        return Reply.json(
                outcome.accepted() ? 200 : 422,
                Map.of(
                        "version", outcome.version(),
                        "problems", outcome.problems(),
                        "needsRestart", outcome.needsRestart()));
    }

    private static Reply get(String method, Supplier<Reply> reply) {
        return method.equals("GET") || method.equals("HEAD") ? reply.get() : notAllowed("GET, HEAD");
    }

    private static CompletableFuture<Reply> only(
            String allowed, String method, Supplier<CompletableFuture<Reply>> reply) {
        if (!method.equals(allowed)) {
            return CompletableFuture.completedFuture(notAllowed(allowed));
        }
        try {
            return reply.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static Reply notAllowed(String allowed) {
        return Reply.error(405, "expected: " + allowed, Map.of("Allow", allowed));
    }

    private static Reply notFound(String path) {
        return Reply.error(404, path + " is nothing here");
    }

    private static Reply failure(Throwable thrown) {
        Throwable e = thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (e instanceof RegistryException known) {
            return Reply.error(known.status(), known.getMessage());
        }
        int status = e instanceof IllegalArgumentException ? 400 : 503;
        return Reply.error(status, String.valueOf(e.getMessage()));
    }
}
