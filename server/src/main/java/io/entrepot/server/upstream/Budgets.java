package io.entrepot.server.upstream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import io.entrepot.config.MirrorConfig.Credentials;
import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.config.RateLimits;
import io.entrepot.oci.Repository;
import io.entrepot.server.upstream.UpstreamEvents.Endpoint;
import io.entrepot.server.upstream.UpstreamException.Kind;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The budgets of one upstream, one for each account that it knows us by and each caller who brings a login, and the one pace
 * at which it is asked, with the {@link Haste pause} that it asks for if that is too fast. Which account a repository is asked
 * for with is decided by its name, never by what is left.
 */
final class Budgets {

    private static final int MOST_CALLERS = 10_000;
    private static final Duration REMEMBERED = Duration.ofHours(12);
    /** Of whom nothing was said: anybody can bring any number of logins that are none. */
    private static final Duration REMEMBERED_OF_NOTHING = Duration.ofMinutes(10);

    private final String key;
    private final String registry;
    private final RateLimits rules;
    private final Credentials credentials;
    private final InstantSource clock;
    private final Pacer pacer;
    private final Haste anything = Haste.ofAll();
    private final Haste tokens = Haste.ofAll();
    private final AccountNames names;
    private final Map<Object, Account> accounts = new ConcurrentHashMap<>();

    /** What is granted to those who bring a login of their own; nobody else's pulls depend on it. */
    private final Cache<String, Account> callers;

    /** @param ticker the clock by which budgets refill and requests are paced */
    Budgets(UpstreamConfig config, Ticker ticker) {
        this.key = config.key();
        this.registry = config.registry().name();
        this.rules = config.rateLimits();
        this.credentials = config.credentials();
        this.names = AccountNames.of(credentials);
        this.clock = steady(ticker);
        this.callers = Caffeine.newBuilder()
                .maximumSize(MOST_CALLERS)
                .expireAfter(Expiry.accessing((String id, Account account) -> account.remembered()))
                .ticker(ticker)
                .build();
        this.pacer = new Pacer(rules.pace(), ticker, Pacer.Timer.SYSTEM);
    }

    /** Wall time that does not jump. */
    private static InstantSource steady(Ticker ticker) {
        Instant began = Instant.now();
        long tick = ticker.read();
        return () -> began.plusNanos(ticker.read() - tick);
    }

    /** The account that this repository is asked for with; the caller's own where that is passed through. */
    Account of(Repository repository, Caller caller) {
        Credentials as = credentials.of(repository.path());
        return as instanceof Credentials.PassThrough && !caller.isNobody()
                ? callers.get(caller.id(), this::account)
                : known(as);
    }

    /** The account that repositories are asked for with unless another is said for them. */
    Account common() {
        return known(credentials.of(""));
    }

    private Account known(Credentials as) {
        Object told = AccountNames.told(as);
        Account known = accounts.get(told);
        return known != null
                ? known
                : accounts.computeIfAbsent(told, account -> new Account(names.name(as), "", anything, tokens));
    }

    private Account account(String caller) {
        return new Account("your account", caller, anything.ofCaller(), tokens.ofCaller());
    }

    /** What became of each so far. */
    List<BudgetReport> report() {
        return accounts.values().stream()
                .sorted(Comparator.comparing(each -> each.words.account()))
                .map(each -> each.budget.report(key, pacer.waiting(), clock.instant()))
                .toList();
    }

    /** One account. */
    final class Account {

        private final Words words;
        private final String caller;
        private final Budget budget;

        /** @param caller whose it is; empty: ours */
        private Account(String name, String caller, Haste anything, Haste tokens) {
            this.words = new Words(registry, name);
            this.caller = caller;
            this.budget = new Budget(words, rules, anything, tokens);
        }

        private Duration remembered() {
            return budget.isOfNothing(clock.instant()) ? REMEMBERED_OF_NOTHING : REMEMBERED;
        }

        /** Does what costs this, by a meter, if the budget has room for it. */
        <T> CompletableFuture<T> spend(Endpoint endpoint, Errand errand, Function<Meter, CompletableFuture<T>> work) {
            Optional<Withheld> why = budget.take(endpoint, errand, clock.instant());
            if (why.isPresent()) {
                return CompletableFuture.failedFuture(why.get().told());
            }
            return done(work, meter(errand.payer().name()))
                    .whenComplete((done, failure) -> ended(endpoint))
                    .exceptionallyCompose(failure ->
                            CompletableFuture.failedFuture(told(Failures.cause(failure), endpoint, errand.payer())));
        }

        /** How long it is remembered depends on what was said. */
        private void ended(Endpoint endpoint) {
            budget.ended(endpoint, clock.instant());
            if (!caller.isEmpty()) {
                Account unused = callers.getIfPresent(caller);
            }
        }

        /** Whether to ask by HEAD first what is left; {@link #looked} must follow. */
        boolean look(Endpoint endpoint, Payer payer) {
            return budget.look(endpoint, payer, clock.instant());
        }

        void looked(boolean answered) {
            budget.looked(answered);
        }

        /** What is thrown at once is a failure as any other: what was taken is given back. */
        private static <T> CompletableFuture<T> done(Function<Meter, CompletableFuture<T>> work, Meter meter) {
            try {
                return work.apply(meter);
            } catch (RuntimeException e) {
                return CompletableFuture.failedFuture(e);
            }
        }

        /** A 429 that does not say when to come again, with what is known of that. */
        private Throwable told(Throwable failure, Endpoint endpoint, Payer payer) {
            return failure instanceof UpstreamException why
                            && why.kind() == Kind.RATE_LIMITED
                            && why.retryAfter().isZero()
                    ? new UpstreamException(
                            Kind.RATE_LIMITED,
                            String.valueOf(why.getMessage()),
                            budget.patience(endpoint, payer, clock.instant()))
                    : failure;
        }

        Meter meter(String lane) {
            return new Meter(words, budget, pacer, lane, clock);
        }

        Thrift thrift(Payer payer) {
            return budget.thrift(payer, clock.instant());
        }

        void saved(Endpoint endpoint) {
            budget.saved(endpoint);
        }
    }
}
