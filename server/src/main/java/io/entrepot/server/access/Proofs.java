package io.entrepot.server.access;

import io.entrepot.oci.RegistryException;
import io.entrepot.oci.RegistryException.Unauthorized;
import io.entrepot.oci.Repository;
import io.entrepot.server.access.AccessEvents.Outcome;
import io.entrepot.server.access.Authorization.Basic;
import io.entrepot.server.access.Authorization.Bearer;
import io.entrepot.server.access.Principal.Known;
import io.entrepot.server.access.Principal.Peer;
import java.time.Clock;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a client may bring to prove who it is, and how that is looked at. The header {@code Authorization} comes first, then a
 * certificate, then the credential of a node. What is brought and wrong is refused: nobody falls back to being unknown.
 */
final class Proofs {

    private final Methods methods;
    private final Groups groups;
    private final Passwords passwords;
    private final Issuers issuers;
    private final OwnTokens tokens;
    private final UpstreamLogins logins;
    private final NodeCredentials nodes;
    private final LongSupplier edition;
    private final AccessEvents events;
    private final Clock clock;

    /**
     * What is configured.
     *
     * @param users those with passwords; null: there are none
     * @param passThrough whether callers bring logins for upstreams
     */
    record Methods(boolean certificates, @Nullable Supplier<Htpasswd> users, boolean nodes, boolean passThrough) {}

    Proofs(
            Methods methods,
            Groups groups,
            Passwords passwords,
            Issuers issuers,
            OwnTokens tokens,
            UpstreamLogins logins,
            NodeCredentials nodes,
            LongSupplier edition,
            AccessEvents events,
            Clock clock) {
        this.methods = methods;
        this.groups = groups;
        this.passwords = passwords;
        this.issuers = issuers;
        this.tokens = tokens;
        this.logins = logins;
        this.nodes = nodes;
        this.edition = edition;
        this.events = events;
        this.clock = clock;
    }

    /** Whether there is an answer to a challenge. */
    boolean canBeAsked() {
        return canLogIn() || methods.passThrough();
    }

    /** Whether anybody is known here by what a header can carry. */
    boolean canLogIn() {
        return methods.users() != null || !issuers.isEmpty();
    }

    OwnTokens tokens() {
        return tokens;
    }

    long edition() {
        return edition.getAsLong();
    }

    /** Fails with a {@link RegistryException}. */
    CompletableFuture<Principal> identify(Offer offer) {
        Peer peer = new Peer(offer.address(), offer.peer(), groups.at(offer.address()));
        return canBeAsked() && !offer.authorization().isEmpty()
                ? authorization(offer, peer)
                : byConnection(offer, peer);
    }

    private CompletableFuture<Principal> byConnection(Offer offer, Peer peer) {
        if (methods.certificates() && !offer.certificates().isEmpty()) {
            return certain(
                    Proof.MTLS,
                    () -> known(CertificateName.of(offer.certificates().get(0), clock.instant()), peer));
        }
        if (methods.nodes() && !offer.node().isEmpty()) {
            return certain(Proof.NODE, () -> known(node(offer.node()), peer));
        }
        return CompletableFuture.completedFuture(peer);
    }

    private CompletableFuture<Principal> authorization(Offer offer, Peer peer) {
        Authorization offered;
        try {
            offered = Authorization.parse(offer.authorization());
        } catch (NotProven e) {
            return told(Proof.BASIC, CompletableFuture.failedFuture(e));
        }
        if (offered instanceof Basic login) {
            return login(login, peer);
        }
        String token = ((Bearer) offered).token();
        return token.startsWith(OwnTokens.PREFIX) ? ownToken(token, offer, peer) : token(token, peer);
    }

    private CompletableFuture<Principal> login(Basic login, Peer peer) {
        if (!issuers.isEmpty() && Jwt.looksLike(login.password())) {
            return told(Proof.JWT, issuers.check(login.password()).thenApply(who -> known(who, peer)));
        }
        Supplier<Htpasswd> users = methods.users();
        return told(
                Proof.BASIC,
                users == null
                        ? CompletableFuture.failedFuture(new NotProven(
                                issuers.isEmpty()
                                        ? "no passwords are taken with requests (expected: a token, from /token)"
                                        : "no passwords are taken here, only JWTs"))
                        : passwords.check(users.get(), login, peer.address()).thenApply(who -> known(who, peer)));
    }

    /** What it says; where it says nobody, who they are by their connection. */
    private CompletableFuture<Principal> ownToken(String token, Offer offer, Peer peer) {
        OwnTokens.Said said;
        try {
            said = tokens.check(token, edition());
        } catch (NotProven e) {
            return told(Proof.TOKEN, CompletableFuture.failedFuture(e));
        }
        events.attempted(Proof.TOKEN, Outcome.ACCEPTED);
        return said.who().isPresent()
                ? CompletableFuture.completedFuture(known(said.who().get(), said.grant(), peer))
                : byConnection(offer, peer.asked(said.brought()));
    }

    private CompletableFuture<Principal> token(String token, Peer peer) {
        return told(
                Proof.JWT,
                issuers.isEmpty()
                        ? CompletableFuture.failedFuture(
                                new NotProven("the token is of an issuer that is not known here"))
                        : issuers.check(token).thenApply(who -> known(who, peer)));
    }

    private Identity node(String credential) {
        return nodes.find(credential)
                .map(name -> Identity.named(Identity.NODE + name, Proof.NODE))
                .orElseThrow(() -> new NotProven(
                        "the credential of this node is not known here (expected: one that was not revoked)"));
    }

    private Principal known(Identity who, Peer peer) {
        return known(who, Grant.EVERYTHING, peer);
    }

    private Principal known(Identity who, Grant grant, Peer peer) {
        return new Known(who, groups.of(who, peer.address()), peer, grant);
    }

    /** What somebody brings to {@code /token} for an upstream. @throws Unauthorized if it can be no login there */
    Brought brought(Offer offer, Set<Repository> repositories) {
        try {
            if (Authorization.parse(offer.authorization()) instanceof Basic login) {
                requireNotOurs(login);
                return tokens.brought(login.user(), login.password(), repositories);
            }
        } catch (NotProven e) {
            throw new Unauthorized(message(e), Unauthorized.Why.WRONG);
        }
        throw new Unauthorized(
                "a login at an upstream is a user name and a password, or an identity token", Unauthorized.Why.WRONG);
    }

    /** What is good here must not be sent elsewhere. */
    private void requireNotOurs(Basic login) {
        Supplier<Htpasswd> users = methods.users();
        if (users != null && users.get().has(login.user())) {
            throw new NotProven("a user of that name is known here, whose password is sent nowhere else"
                    + " (expected: a login at the upstream)");
        }
        if (issuers.issued(login.password())) {
            throw new NotProven("a token of that issuer is good here, and sent nowhere else"
                    + " (expected: a login at the upstream)");
        }
    }

    UpstreamLogins logins() {
        return logins;
    }

    private static CompletableFuture<Principal> attempt(Supplier<Principal> proof) {
        try {
            return CompletableFuture.completedFuture(proof.get());
        } catch (NotProven e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** What is not for a challenge to mend. */
    private CompletableFuture<Principal> certain(Proof proof, Supplier<Principal> of) {
        return told(proof, attempt(of)).exceptionallyCompose(failure -> {
            Throwable cause = cause(failure);
            return CompletableFuture.failedFuture(
                    cause instanceof Unauthorized ? new RegistryException.Denied(message(cause)) : cause);
        });
    }

    private CompletableFuture<Principal> told(Proof proof, CompletableFuture<Principal> coming) {
        return coming.handle((principal, failure) -> {
                    if (failure == null) {
                        events.attempted(proof, Outcome.ACCEPTED);
                        return CompletableFuture.completedFuture(principal);
                    }
                    Throwable cause = cause(failure);
                    events.attempted(proof, outcome(cause));
                    return CompletableFuture.<Principal>failedFuture(
                            cause instanceof NotProven
                                    ? new Unauthorized(message(cause), Unauthorized.Why.WRONG)
                                    : cause);
                })
                .thenCompose(answer -> answer);
    }

    private static Outcome outcome(Throwable cause) {
        if (cause instanceof RegistryException.TooManyRequests) {
            return Outcome.LIMITED;
        }
        return cause instanceof NotProven ? Outcome.REFUSED : Outcome.UNAVAILABLE;
    }

    private static Throwable cause(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    private static String message(Throwable cause) {
        return String.valueOf(cause.getMessage());
    }
}
