package io.entrepot.server.access;

import io.entrepot.oci.RegistryException;
import io.entrepot.oci.RegistryException.Unauthorized;
import io.entrepot.server.access.AccessEvents.Outcome;
import io.entrepot.server.access.Authorization.Basic;
import io.entrepot.server.access.Authorization.Bearer;
import io.entrepot.server.access.Principal.Known;
import io.entrepot.server.access.Principal.Peer;
import java.time.Clock;
import java.util.Optional;
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
    private final NodeCredentials nodes;
    private final LongSupplier edition;
    private final AccessEvents events;
    private final Clock clock;

    /**
     * What is configured.
     *
     * @param users those with passwords; null: there are none
     */
    record Methods(boolean certificates, @Nullable Supplier<Htpasswd> users, boolean nodes) {}

    Proofs(
            Methods methods,
            Groups groups,
            Passwords passwords,
            Issuers issuers,
            OwnTokens tokens,
            NodeCredentials nodes,
            LongSupplier edition,
            AccessEvents events,
            Clock clock) {
        this.methods = methods;
        this.groups = groups;
        this.passwords = passwords;
        this.issuers = issuers;
        this.tokens = tokens;
        this.nodes = nodes;
        this.edition = edition;
        this.events = events;
        this.clock = clock;
    }

    /** Whether there is an answer to a challenge. */
    boolean canBeAsked() {
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
        Peer peer = new Peer(offer.address(), offer.peer(), groups.at(offer.address()), false);
        if (canBeAsked() && !offer.authorization().isEmpty()) {
            return authorization(offer.authorization(), peer);
        }
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

    private CompletableFuture<Principal> authorization(String header, Peer peer) {
        Authorization offered;
        try {
            offered = Authorization.parse(header);
        } catch (NotProven e) {
            return told(Proof.BASIC, CompletableFuture.failedFuture(e));
        }
        return offered instanceof Basic login ? login(login, peer) : token(((Bearer) offered).token(), peer);
    }

    private CompletableFuture<Principal> login(Basic login, Peer peer) {
        if (!issuers.isEmpty() && Jwt.looksLike(login.password())) {
            return told(Proof.JWT, issuers.check(login.password()).thenApply(who -> known(who, peer)));
        }
        Supplier<Htpasswd> users = methods.users();
        return told(
                Proof.BASIC,
                users == null
                        ? CompletableFuture.failedFuture(new NotProven("no passwords are taken here, only JWTs"))
                        : passwords.check(users.get(), login, peer.address()).thenApply(who -> known(who, peer)));
    }

    private CompletableFuture<Principal> token(String token, Peer peer) {
        if (token.startsWith(OwnTokens.PREFIX)) {
            return told(Proof.TOKEN, attempt(() -> said(tokens.check(token, edition()), peer)));
        }
        return told(
                Proof.JWT,
                issuers.isEmpty()
                        ? CompletableFuture.failedFuture(
                                new NotProven("the token is of an issuer that is not known here"))
                        : issuers.check(token).thenApply(who -> known(who, peer)));
    }

    private Principal said(OwnTokens.Said said, Peer peer) {
        Optional<Identity> who = said.who();
        return who.isPresent()
                ? new Known(who.get(), groups.of(who.get(), peer.address()), peer, said.grant())
                : new Peer(peer.address(), peer.peer(), peer.groups(), true);
    }

    private Identity node(String credential) {
        return nodes.find(credential)
                .map(name -> Identity.named(Identity.NODE + name, Proof.NODE))
                .orElseThrow(() -> new NotProven(
                        "the credential of this node is not known here (expected: one that was not revoked)"));
    }

    private Principal known(Identity who, Peer peer) {
        return new Known(who, groups.of(who, peer.address()), peer, Grant.EVERYTHING);
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
