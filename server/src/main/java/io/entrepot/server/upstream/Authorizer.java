package io.entrepot.server.upstream;

import io.entrepot.config.MirrorConfig.Credentials;
import io.entrepot.oci.Repository;
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
    private final Credentials credentials;
    private final Exchange exchange;
    private volatile @Nullable Way known;

    Authorizer(RealmGuard realms, TokenSource tokens, Credentials credentials, Exchange exchange) {
        this.realms = realms;
        this.tokens = tokens;
        this.credentials = credentials;
        this.exchange = exchange;
    }

    /** A value for the Authorization header, and how to say that it was refused; an empty value: send none. */
    record Authorization(String value, Runnable refused) {
        static final Authorization NONE = new Authorization("", () -> {});

        /** Then sending it again is of no use, and repeated wrong passwords lock accounts. */
        boolean saysSameAs(Authorization other) {
            return value.equals(other.value);
        }
    }

    /** How an upstream wants to be told who we are. */
    private sealed interface Way {

        record Basic(Credentials.Basic login) implements Way {}

        record Bearer(URI realm, String service) implements Way {}
    }

    /** What to send with a request for this repository, as far as earlier challenges tell. Never fails. */
    CompletableFuture<Authorization> prepare(Repository repository) {
        Way way = known;
        if (way == null) {
            return CompletableFuture.completedFuture(Authorization.NONE);
        }
        // without a token the registry decides: it serves, or its 401 leads to the failure again, which is remembered
        return authorization(way, repository).exceptionally(failure -> Authorization.NONE);
    }

    /** What to send after a 401 with these challenges; empty if nothing that we have could help. */
    CompletableFuture<Optional<Authorization>> answer(List<Challenge> challenges, Repository repository) {
        Optional<Way> way = bearer(challenges).or(() -> basic(challenges));
        if (way.isEmpty()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        known = way.get();
        return authorization(way.get(), repository).thenApply(Optional::of);
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
        return asked && credentials instanceof Credentials.Basic login
                ? Optional.of(new Way.Basic(login))
                : Optional.empty();
    }

    private CompletableFuture<Authorization> authorization(Way way, Repository repository) {
        if (way instanceof Way.Bearer bearer) {
            TokenRequest request =
                    new TokenRequest(bearer.realm(), bearer.service(), "repository:" + repository.path() + ":pull");
            return tokens.token(request).thenApply(token -> authorization(request, token));
        }
        String header = BasicAuth.header(((Way.Basic) way).login());
        return CompletableFuture.completedFuture(new Authorization(header, () -> {}));
    }

    private Authorization authorization(TokenRequest request, Granted granted) {
        return new Authorization("Bearer " + granted.token(), () -> tokens.refused(request, granted));
    }
}
