package io.entrepot.server.upstream;

import io.entrepot.oci.Repository;
import io.entrepot.server.net.HttpCall;
import io.entrepot.server.upstream.Authorizer.Asker;
import io.entrepot.server.upstream.Authorizer.Authorization;
import io.entrepot.server.upstream.UpstreamEvents.Endpoint;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Asks the questions of one upstream. A request is repeated at most twice: once with what a challenge asks for, once
 * where the storage that the registry sent us to does not honour the address. Nothing else is repeated here.
 */
final class Calls {

    private static final Set<Integer> STORAGE_REFUSED = Set.of(400, 401, 403, 410);

    private final URI root;
    private final Exchange exchange;
    private final Budgets budgets;
    private final Authorizer authorizer;
    private final Refusals refusals;
    private final Failures failures;

    /** @param root where the registry is, with a slash at its end */
    Calls(URI root, Exchange exchange, Budgets budgets, Authorizer authorizer, Refusals refusals, Failures failures) {
        this.root = root.resolve("v2/");
        this.exchange = exchange;
        this.budgets = budgets;
        this.authorizer = authorizer;
        this.refusals = refusals;
        this.failures = failures;
    }

    /** For whom, what is sent along, and which reasons to repeat are left. */
    private record Attempt(Asker asker, Authorization authorization, boolean mayAuthorize, boolean mayRedirect) {

        Attempt with(Authorization other) {
            return new Attempt(asker, other, false, mayRedirect);
        }

        Attempt redirectedAnew() {
            return new Attempt(asker, authorization, mayAuthorize, false);
        }
    }

    /** The meaning of the answer, if the budget has room for the question; fails with an {@link UpstreamException}. */
    <T> CompletableFuture<T> ask(Question<T> question, Errand errand) {
        Budgets.Account account = budgets.of(question.repository(), errand.caller());
        Optional<Question<?>> uncounted = question.uncounted();
        return uncounted.isPresent() && account.look(question.endpoint(), errand.payer())
                ? looked(account, uncounted.get(), errand).thenCompose(done -> spend(account, question, errand))
                : spend(account, question, errand);
    }

    /** By what does not count. If it fails otherwise than of a limit, what counts would fail so, too, and is not sent. */
    private CompletableFuture<Void> looked(Budgets.Account account, Question<?> uncounted, Errand errand) {
        return spend(account, uncounted, errand)
                .whenComplete((answer, failure) -> account.looked(failure == null))
                .<Void>thenApply(answer -> null)
                .exceptionallyCompose(failure -> failures.of(failure).isLimit()
                        ? CompletableFuture.completedFuture(null)
                        : CompletableFuture.failedFuture(failures.of(failure)));
    }

    private <T> CompletableFuture<T> spend(Budgets.Account account, Question<T> question, Errand errand) {
        return account.spend(question.endpoint(), errand, meter -> answer(question, errand, exchange.by(meter)));
    }

    private <T> CompletableFuture<T> answer(Question<T> question, Errand errand, Exchange by) {
        Asker asker = new Asker(question.repository(), errand.caller(), by);
        return authorizer
                .prepare(asker)
                .thenCompose(authorization -> send(question, new Attempt(asker, authorization, true, true)))
                .thenCompose(heard -> read(question, heard))
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(failures.of(failure)));
    }

    /** True if what the caller brought is taken, by the token server, or by the registry where it has none; false if nobody asks. */
    CompletableFuture<Boolean> login(Repository repository, Errand errand) {
        return budgets.of(repository, errand.caller())
                .spend(
                        Endpoint.ROOT,
                        errand,
                        meter -> login(new Asker(repository, errand.caller(), exchange.by(meter))))
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(failures.of(failure)));
    }

    private CompletableFuture<Boolean> login(Asker asker) {
        return root(asker.by(), Authorization.NONE)
                .thenCompose(heard -> authorizer.answer(own(heard), asker))
                .thenCompose(answer -> answer.isPresent() && !answer.get().isToken()
                        ? root(asker.by(), answer.get()).thenApply(this::taken)
                        : CompletableFuture.completedFuture(answer.isPresent()));
    }

    private boolean taken(Heard heard) {
        if (heard.status() >= 400) {
            throw refusals.of(heard);
        }
        return true;
    }

    private CompletableFuture<Heard> root(Exchange by, Authorization authorization) {
        Map<String, String> headers =
                authorization.value().isEmpty() ? Map.of() : Map.of("Authorization", authorization.value());
        return by.send(Endpoint.ROOT, HttpCall.get(root, headers), reply -> {}).thenApply(heard -> {
            heard.reply().close();
            return heard;
        });
    }

    /** Completes when the registry answers at its root, with whatever but a server's error. */
    CompletableFuture<Void> ping() {
        return root(exchange, Authorization.NONE)
                .thenAccept(heard -> {
                    if (heard.status() >= 500) {
                        throw refusals.of(heard);
                    }
                })
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(failures.of(failure)));
    }

    private <T> CompletableFuture<T> read(Question<T> question, Heard heard) {
        if (question.wanted().contains(heard.status())) {
            return question.read(heard.reply());
        }
        heard.reply().close();
        throw refusals.of(heard);
    }

    private CompletableFuture<Heard> send(Question<?> question, Attempt attempt) {
        URI uri = root.resolve(question.repository().path() + "/" + question.path());
        Map<String, String> headers = new HashMap<>(question.headers());
        if (!attempt.authorization().value().isEmpty()) {
            headers.put("Authorization", attempt.authorization().value());
        }
        HttpCall call = new HttpCall(question.method(), uri, headers, new byte[0]);
        return attempt.asker()
                .by()
                .send(question.endpoint(), call, question::check)
                .thenCompose(heard -> repeated(question, attempt, heard));
    }

    private CompletableFuture<Heard> repeated(Question<?> question, Attempt attempt, Heard heard) {
        if (heard.elsewhere() && STORAGE_REFUSED.contains(heard.status()) && attempt.mayRedirect()) {
            // a signed address that has expired: only the registry can make a new one
            return send(question, attempt.redirectedAnew());
        }
        if (!heard.elsewhere() && attempt.mayAuthorize() && (heard.status() == 401 || isHidden(attempt, heard))) {
            return authorized(question, attempt, heard);
        }
        return CompletableFuture.completedFuture(heard);
    }

    private boolean isHidden(Attempt attempt, Heard heard) {
        return (heard.status() == 403 || heard.status() == 404)
                && authorizer.mayBeHidden(attempt.authorization(), attempt.asker());
    }

    private CompletableFuture<Heard> authorized(Question<?> question, Attempt attempt, Heard heard) {
        Asker asker = attempt.asker();
        attempt.authorization().refused().run();
        return challenges(asker.by(), heard)
                .thenCompose(challenges -> challenges.isEmpty() && heard.status() != 401
                        ? authorizer.unasked(asker)
                        : authorizer.answer(challenges, asker))
                .thenApply(answer -> answer.filter(other -> !other.saysSameAs(attempt.authorization())))
                .thenCompose(answer -> answer.isPresent()
                        ? send(question, attempt.with(answer.get()))
                        : CompletableFuture.completedFuture(heard));
    }

    /** Some registries say how to authenticate at their root alone. */
    private CompletableFuture<List<Challenge>> challenges(Exchange by, Heard heard) {
        List<Challenge> said = challengesOf(heard);
        if (!said.isEmpty()) {
            return CompletableFuture.completedFuture(said);
        }
        return root(by, Authorization.NONE).thenApply(Calls::own).exceptionally(failure -> List.of());
    }

    /** What another host asks for that it sent us to is not to be answered. */
    private static List<Challenge> own(Heard heard) {
        return heard.elsewhere() ? List.of() : challengesOf(heard);
    }

    private static List<Challenge> challengesOf(Heard heard) {
        return heard.status() == 401 ? Challenge.parse(heard.reply().headers("WWW-Authenticate")) : List.of();
    }
}
