package io.entrepot.server.upstream;

import io.entrepot.config.MirrorConfig.Credentials;
import io.entrepot.oci.Repository;
import io.entrepot.server.login.Login;
import io.entrepot.server.login.LoginSource;
import io.entrepot.server.upstream.TokenSource.Granted;
import io.entrepot.server.upstream.UpstreamEvents.Endpoint;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What we say of ourselves to one upstream: nothing until it asks; from then on what it asked for last, at once.
 *
 * <p>The scope is always our own {@code repository:<path>:pull}, whatever the challenge says.
 */
final class Authorizer {

    private static final int LONGEST_SERVICE = 256;

    private final RealmGuard realms;
    private final TokenSource tokens;
    private final LoginSource logins;
    private final Credentials credentials;
    private final Exchange exchange;
    private volatile @Nullable Way known;

    Authorizer(RealmGuard realms, TokenSource tokens, LoginSource logins, Credentials credentials, Exchange exchange) {
        this.realms = realms;
        this.tokens = tokens;
        this.logins = logins;
        this.credentials = credentials;
        this.exchange = exchange;
    }

    /**
     * For which repository.
     *
     * @param caller what a caller brought, which is sent only where the configuration passes it through
     * @param by what the question itself goes by; and what a token for such a caller is asked for by
     */
    record Asker(Repository repository, Caller caller, Exchange by) {}

    /** A value for the Authorization header, and how to say that it was refused; an empty value: send none. */
    record Authorization(String value, Runnable refused) {
        static final Authorization NONE = new Authorization("", () -> {});

        boolean isToken() {
            return value.startsWith("Bearer ");
        }

        /** Then sending it again is of no use, and repeated wrong passwords lock accounts. */
        boolean saysSameAs(Authorization other) {
            return value.equals(other.value);
        }
    }

    /** How an upstream wants to be told who we are. */
    private sealed interface Way {

        record Basic() implements Way {}

        record Bearer(URI realm, String service) implements Way {}
    }

    /** What to send with a request for this repository, as far as earlier challenges tell. Never fails. */
    CompletableFuture<Authorization> prepare(Asker asker) {
        Way way = known;
        if (way == null) {
            return CompletableFuture.completedFuture(Authorization.NONE);
        }
        // without a token the registry decides: it serves, or its 401 leads to the failure again, which is remembered
        return authorization(way, asker).exceptionally(failure -> Authorization.NONE);
    }

    /** What to send after a 401 with these challenges; empty if nothing that we have could help. */
    CompletableFuture<Optional<Authorization>> answer(List<Challenge> challenges, Asker asker) {
        Optional<Way> way = bearer(challenges).or(() -> basic(challenges));
        return way.isEmpty() ? CompletableFuture.completedFuture(Optional.empty()) : answer(way.get(), asker);
    }

    /**
     * Whether a repository may be hidden from us since nobody asked who we are: some registries say "not found" of what a
     * nobody may not see, and ask for no login where they serve anything to everybody.
     */
    boolean mayBeHidden(Authorization sent, Asker asker) {
        return known == null && sent.value().isEmpty() && !isNobody(asker);
    }

    /** What to send to a registry that asks for nothing; empty if only a token server could take what we have. */
    CompletableFuture<Optional<Authorization>> unasked(Asker asker) {
        return answer(new Way.Basic(), asker);
    }

    private boolean isNobody(Asker asker) {
        return isCallers(asker)
                ? asker.caller().isNobody()
                : credentials.of(asker.repository().path()) instanceof Credentials.Anonymous;
    }

    private boolean isCallers(Asker asker) {
        return credentials.of(asker.repository().path()) instanceof Credentials.PassThrough;
    }

    private CompletableFuture<Login> login(Asker asker) {
        return isCallers(asker)
                ? CompletableFuture.completedFuture(asker.caller().login())
                : logins.login(asker.repository());
    }

    /** Of what a caller brought there is no other. */
    private void refused(Asker asker, Login login) {
        if (!isCallers(asker)) {
            logins.refused(asker.repository(), login);
        }
    }

    private CompletableFuture<Optional<Authorization>> answer(Way way, Asker asker) {
        if (way instanceof Way.Bearer) {
            known = way;
        }
        return authorization(way, asker).thenApply(answer -> {
            if (way instanceof Way.Basic && answer.value().isEmpty()) {
                return Optional.empty();
            }
            known = way;
            return Optional.of(answer);
        });
    }

    private Optional<Way> bearer(List<Challenge> challenges) {
        return challenges.stream()
                .filter(challenge -> challenge.scheme().equals("bearer"))
                .findFirst()
                .map(challenge -> new Way.Bearer(realm(challenge), service(challenge)));
    }

    private static String service(Challenge challenge) {
        String service = challenge.parameter("service").orElse("");
        if (service.length() > LONGEST_SERVICE) {
            throw new WrongAnswer("names a service of " + service.length() + " characters (expected: at most "
                    + LONGEST_SERVICE + ")");
        }
        return service;
    }

    private URI realm(Challenge challenge) {
        try {
            return realms.check(challenge.parameter("realm").orElse(""));
        } catch (WrongAnswer e) {
            exchange.withheld(Endpoint.TOKEN, UpstreamEvents.FORBIDDEN_REALM);
            throw e;
        }
    }

    private Optional<Way> basic(List<Challenge> challenges) {
        boolean asked =
                challenges.stream().anyMatch(challenge -> challenge.scheme().equals("basic"));
        return asked ? Optional.of(new Way.Basic()) : Optional.empty();
    }

    private CompletableFuture<Authorization> authorization(Way way, Asker asker) {
        return login(asker)
                .thenCompose(login -> way instanceof Way.Bearer bearer
                        ? token(bearer, asker, login)
                        : CompletableFuture.completedFuture(basic(asker, login)));
    }

    private Authorization basic(Asker asker, Login login) {
        return login instanceof Login.Password password
                ? new Authorization(BasicAuth.header(password), () -> refused(asker, login))
                : Authorization.NONE;
    }

    private CompletableFuture<Authorization> token(Way.Bearer way, Asker asker, Login login) {
        TokenRequest request = new TokenRequest(
                way.realm(), way.service(), "repository:" + asker.repository().path() + ":pull");
        return tokens.token(request, holder(asker, login), login, by(asker))
                .handle((granted, failure) -> failure == null
                        ? CompletableFuture.completedFuture(authorization(request, holder(asker, login), granted))
                        : withAnother(request, asker, login, failure))
                .thenCompose(answer -> answer);
    }

    /** A login that the token server refuses may have been replaced: once, with another. */
    private CompletableFuture<Authorization> withAnother(
            TokenRequest request, Asker asker, Login refused, Throwable failure) {
        Throwable cause = Failures.cause(failure);
        boolean ours = cause instanceof UpstreamException told && told.kind() == UpstreamException.Kind.REFUSED;
        if (!ours || refused instanceof Login.Nobody) {
            return CompletableFuture.failedFuture(cause);
        }
        refused(asker, refused);
        return login(asker)
                .thenCompose(other -> other.equals(refused)
                        ? CompletableFuture.failedFuture(cause)
                        : tokens.token(request, other, other, by(asker))
                                .thenApply(granted -> authorization(request, other, granted)));
    }

    /** A token server that finds one caller too fast has said nothing of the others. */
    private Exchange by(Asker asker) {
        return isCallers(asker) && !asker.caller().isNobody() ? asker.by() : exchange;
    }

    /** Whose a token is; what a caller brought is not kept with it. */
    private Object holder(Asker asker, Login login) {
        return isCallers(asker) ? asker.caller().id() : login;
    }

    private Authorization authorization(TokenRequest request, Object holder, Granted granted) {
        return new Authorization("Bearer " + granted.token(), () -> tokens.refused(request, holder, granted));
    }
}
