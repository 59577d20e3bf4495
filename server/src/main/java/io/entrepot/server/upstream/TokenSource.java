package io.entrepot.server.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.entrepot.server.login.Login;
import io.entrepot.server.upstream.UpstreamEvents.Endpoint;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Bearer tokens of one upstream: one request for each (realm, service, scope, login) at a time, however many wait for it;
 * kept from its receipt until shortly before it expires, by our own monotonic clock. With another login than the one that
 * was refused a token is asked for at once.
 */
final class TokenSource {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LARGEST = 64 * 1024;
    private static final int MOST = 2_000;

    /** Longer ones fit into no server's headers. */
    private static final int LONGEST_TOKEN = 16 * 1024;

    private static final long UNSAID_SECONDS = 60;
    private static final long LONGEST_SECONDS = 86_400;
    private static final Duration FAILURE_KEPT = Duration.ofSeconds(2);

    /** What token servers say that know only the GET form (GCR 404, Artifactory 401, ACR 400). */
    private static final Set<Integer> NO_POST = Set.of(400, 401, 404, 405);

    private static final Outcome PENDING = new Granted("", 0);

    private final Refusals refusals;
    private final Failures failures;
    private final Ticker ticker;
    private final Cache<Asked, CompletableFuture<Outcome>> outcomes =
            Caffeine.newBuilder().maximumSize(MOST).executor(Runnable::run).build();

    TokenSource(Refusals refusals, Failures failures, Ticker ticker) {
        this.refusals = refusals;
        this.failures = failures;
        this.ticker = ticker;
    }

    /** Who asks for what; who is told from others, and no more. */
    private record Asked(TokenRequest request, Object holder) {}

    /** What became of a request, and until when that is remembered, by the ticker. */
    private sealed interface Outcome {
        long until();
    }

    /** A token, which is a secret: it goes into a header and nowhere else. */
    record Granted(String token, long until) implements Outcome {

        @Override
        public String toString() {
            return "***";
        }
    }

    private record Failed(UpstreamException why, long until) implements Outcome {}

    /**
     * A token for this request, from memory if there is one. Fails with an {@link UpstreamException}.
     *
     * @param holder whose it is, kept as long as the token: equal for those who show the same
     * @param login what they show, not kept
     * @param by what a request goes by, if one must be sent
     */
    CompletableFuture<Granted> token(TokenRequest request, Object holder, Login login, Exchange by) {
        Asked asked = new Asked(request, holder);
        CompletableFuture<Outcome> known = outcomes.getIfPresent(asked);
        CompletableFuture<Outcome> outcome = known == null || isOver(known) ? fetchOnce(asked, login, by) : known;
        return outcome.thenCompose(TokenSource::granted);
    }

    /** This token was refused: unless another has replaced it, the next call fetches one. */
    void refused(TokenRequest request, Object holder, Granted granted) {
        outcomes.asMap()
                .computeIfPresent(
                        new Asked(request, holder), (key, known) -> known.getNow(PENDING) == granted ? null : known);
    }

    private CompletableFuture<Outcome> fetchOnce(Asked asked, Login login, Exchange by) {
        CompletableFuture<Outcome> mine = new CompletableFuture<>();
        CompletableFuture<Outcome> outcome =
                outcomes.asMap().compute(asked, (key, known) -> known == null || isOver(known) ? mine : known);
        if (outcome == mine) {
            // outside of the cache's lock: whatever sending completes may come back here
            fetch(asked.request(), login, by).thenAccept(mine::complete);
        }
        return outcome;
    }

    private boolean isOver(CompletableFuture<Outcome> outcome) {
        Outcome now = outcome.getNow(PENDING);
        return now != PENDING && now.until() - ticker.read() <= 0;
    }

    private static CompletableFuture<Granted> granted(Outcome outcome) {
        if (outcome instanceof Granted granted) {
            return CompletableFuture.completedFuture(granted);
        }
        return CompletableFuture.failedFuture(((Failed) outcome).why());
    }

    /** Never fails: a failure is an outcome. */
    private CompletableFuture<Outcome> fetch(TokenRequest request, Login login, Exchange by) {
        return CompletableFuture.completedFuture(request)
                .thenCompose(asked -> ask(asked, login, by))
                .thenCompose(this::read)
                .<Outcome>thenApply(this::parse)
                .exceptionally(failure -> new Failed(failures.ofToken(failure, request.realm()), in(FAILURE_KEPT)));
    }

    private static CompletableFuture<Heard> ask(TokenRequest request, Login login, Exchange by) {
        if (login instanceof Login.Identity identity) {
            return post(request, identity.token().reveal(), by);
        }
        return get(request, login instanceof Login.Password password ? BasicAuth.header(password) : "", by);
    }

    private static CompletableFuture<Heard> post(TokenRequest request, String identity, Exchange by) {
        return by.send(Endpoint.TOKEN, request.post(identity), reply -> {})
                .thenCompose(heard -> NO_POST.contains(heard.status())
                        ? get(request, BasicAuth.header("", identity), by)
                        : CompletableFuture.completedFuture(heard));
    }

    private static CompletableFuture<Heard> get(TokenRequest request, String authorization, Exchange by) {
        return by.send(Endpoint.TOKEN, request.get(authorization), reply -> {});
    }

    private CompletableFuture<byte[]> read(Heard heard) {
        if (heard.status() == 200) {
            return heard.reply().body(LARGEST);
        }
        heard.reply().close();
        throw refusals.ofToken(heard);
    }

    private Granted parse(byte[] body) {
        try {
            JsonNode json = JSON.readTree(body);
            String named = json.path("token").asText("");
            String token = named.isEmpty() ? json.path("access_token").asText("") : named;
            if (!isToken(token)) {
                throw new WrongAnswer("its token server sent no token (expected: {\"token\": …})");
            }
            return new Granted(token, in(kept(json.path("expires_in").asLong(0))));
        } catch (IOException e) {
            throw new WrongAnswer("its token server sent something that is not JSON (expected: {\"token\": …})");
        }
    }

    private static boolean isToken(String text) {
        return !text.isEmpty() && text.length() <= LONGEST_TOKEN && text.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }

    /** Nine tenths of the lifetime; some of it has passed on the way, and clocks differ. */
    private static Duration kept(long seconds) {
        long said = seconds <= 0 ? UNSAID_SECONDS : Math.min(seconds, LONGEST_SECONDS);
        return Duration.ofSeconds(said).multipliedBy(9).dividedBy(10);
    }

    private long in(Duration time) {
        return ticker.read() + time.toNanos();
    }
}
