package io.entrepot.server.pull;

import io.entrepot.oci.RegistryException;
import io.entrepot.oci.RegistryException.Unauthorized;
import io.entrepot.server.access.Access;
import io.entrepot.server.access.Brought;
import io.entrepot.server.access.Principal;
import io.entrepot.server.upstream.Caller;
import io.entrepot.server.upstream.UpstreamException;
import io.entrepot.server.upstream.UpstreamException.Kind;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Logins that callers bring for an upstream which is asked with them: each is tried there, and there alone, and given back
 * sealed in a token of ours. What it may read is found out with each repository, by the content.
 */
final class CallerLogins {

    private CallerLogins() {}

    /** What an upstream is asked with for them. */
    static Caller of(Principal principal) {
        return principal.brought().map(CallerLogins::caller).orElse(Caller.NOBODY);
    }

    private static Caller caller(Brought brought) {
        return brought.isIdentityToken()
                ? Caller.of(brought.id(), brought.password())
                : Caller.of(brought.id(), brought.username(), brought.password());
    }

    /** Whether a login that comes with a question for a token to these is one of an upstream. */
    static boolean isMeant(Client client, Collection<Route> routes) {
        return !client.authorization().isEmpty() && routes.stream().anyMatch(Route::isPassThrough);
    }

    /**
     * A token with the login, if the upstream takes that, or cannot be asked: a token shows nothing, and what was shown of
     * the login before may still hold.
     *
     * @param principal who asks, as far as it is known without it
     * @param routes that the token is to be for; one of them at least is asked with what callers bring
     * @param edition of the rules under which the principal was identified
     */
    static CompletableFuture<Access.Token> token(
            Access access, Principal principal, Client client, Set<Route> routes, long edition) {
        try {
            return tried(access, principal, client, routes, edition);
        } catch (RegistryException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static CompletableFuture<Access.Token> tried(
            Access access, Principal principal, Client client, Set<Route> routes, long edition) {
        Route first = routes.iterator().next();
        requireOne(first, routes);
        refusal(access, principal, routes).ifPresent(refusal -> {
            throw refusal;
        });
        Brought brought = access.brought(
                client.offer(), routes.stream().map(Route::repository).collect(Collectors.toSet()));
        Route asked = Payers.paid(first, principal, caller(brought));
        return access.tried(
                        brought,
                        client.address(),
                        () -> asked.upstream()
                                .login(asked.repository())
                                .exceptionallyCompose(
                                        failure -> CompletableFuture.failedFuture(told(Causes.of(failure)))))
                .exceptionallyCompose(failure -> unlessAnOutage(Causes.of(failure)))
                .thenApply(done -> access.token(brought, edition));
    }

    private static CompletableFuture<Void> unlessAnOutage(Throwable failure) {
        return failure instanceof RegistryException.Unavailable || failure instanceof RegistryException.BadUpstream
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.failedFuture(failure);
    }

    /** Tells of a refusal, that may be of a login which nobody tried before. */
    static void tell(Pull pull, @Nullable Throwable failure) {
        if (failure != null && Causes.of(failure) instanceof RegistryException.Denied) {
            pull.principal()
                    .brought()
                    .ifPresent(brought -> pull.settings()
                            .access()
                            .refused(brought, pull.client().address()));
        }
    }

    /** What is brought for one upstream is for no other. */
    private static void requireOne(Route first, Set<Route> routes) {
        boolean one = routes.stream()
                .allMatch(route -> route.isPassThrough()
                        && route.repository()
                                .registry()
                                .equals(first.repository().registry()));
        if (!one) {
            throw new RegistryException.Denied(
                    "one token cannot be for several registries with a login at one of them (expected: one for each)");
        }
    }

    private static Optional<RegistryException> refusal(Access access, Principal principal, Set<Route> routes) {
        return routes.stream()
                .flatMap(route -> access
                        .refusal(principal, route.upstream().config())
                        .or(() -> access.refusal(
                                principal,
                                route.repository(),
                                () -> new RegistryException.NameUnknown(route.repository() + ": not found")))
                        .stream())
                .findFirst();
    }

    private static Throwable told(Throwable failure) {
        if (!(failure instanceof UpstreamException why)) {
            return failure;
        }
        RegistryException told = why.told(RegistryException.BadUpstream::new);
        return why.kind() == Kind.REFUSED ? new Unauthorized(told.getMessage(), Unauthorized.Why.WRONG) : told;
    }
}
