package io.entrepot.server.access;

import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.oci.RegistryException;
import io.entrepot.oci.RegistryException.Unauthorized;
import io.entrepot.oci.Repository;
import io.entrepot.server.access.Principal.Known;
import io.entrepot.server.access.Principal.Peer;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who asks, and which upstreams and repositories are theirs. What our login can read at an upstream is not everybody's: an
 * upstream that names {@code clients} is for them alone, held or not.
 */
public final class Access {

    /** Everybody is known by address alone, and nothing is kept from anybody. */
    public static final Access OPEN = new Access(null, new Rights(List.of()), Duration.ZERO, false);

    private final @Nullable Proofs proofs;
    private final Rights rights;
    private final Duration lifetime;
    private final boolean asksWho;

    /**
     * @param proofs null: nobody can prove anything
     * @param lifetime of our own tokens
     * @param asksWho whether anything here depends on who somebody is
     */
    Access(@Nullable Proofs proofs, Rights rights, Duration lifetime, boolean asksWho) {
        this.proofs = proofs;
        this.rights = rights;
        this.lifetime = lifetime;
        this.asksWho = asksWho;
    }

    /** A token of our own. As text it is nothing. */
    public record Token(String value, Duration lifetime) {

        @Override
        public String toString() {
            return "***";
        }
    }

    /** Who a client is; fails with a {@link RegistryException} if what it brings proves nothing. */
    public CompletableFuture<Principal> identify(Offer offer) {
        return proofs == null
                ? CompletableFuture.completedFuture(new Peer(offer.address(), offer.peer()))
                : proofs.identify(offer);
    }

    /** Why nothing of this upstream is for them; empty if it is. */
    public Optional<RegistryException> refusal(Principal principal, UpstreamConfig upstream) {
        if (upstream.clients().isEmpty() || principal.isIn(upstream.clients())) {
            return Optional.empty();
        }
        return Optional.of(new RegistryException.Denied(upstream.registry() + " is not for " + principal.shown()
                + ": it lies in none of the upstream's `clients`"));
    }

    /**
     * Why nothing of this repository is for them; empty if it is. Nobody is asked whether there is such a thing, so that
     * the answer, and the time that it takes, are the same if there is and if there is not.
     *
     * @param absent what is answered where there is no such name
     */
    public Optional<RegistryException> refusal(
            Principal principal, Repository repository, Supplier<RegistryException> absent) {
        if (principal instanceof Known known && !known.grant().covers(repository)) {
            return Optional.of(new Unauthorized("the token is not for " + repository, Unauthorized.Why.TOO_NARROW));
        }
        if (rights.admit(principal, repository)) {
            return Optional.empty();
        }
        return Optional.of(
                principal instanceof Peer && canLogIn()
                        ? new Unauthorized(repository + " is for those who log in", Unauthorized.Why.UNKNOWN)
                        : absent.get());
    }

    /**
     * The question who somebody is, if it can be put to them: for a refusal that an identity may turn. Who was asked and
     * did not say it is refused in the words of the rule.
     */
    public Optional<RegistryException> challenge(Principal principal, Repository repository, String message) {
        return principal instanceof Peer peer && !peer.declined() && canLogIn()
                ? Optional.of(new Unauthorized(message, Unauthorized.Why.UNKNOWN))
                : Optional.empty();
    }

    /**
     * The question who somebody is, before they ask for anything: docker, podman and skopeo ask once, at {@code /v2/}, how
     * they are to log in, and never again. Only where anything depends on it; to containerd, which does not ask there, the
     * question is put by what needs it.
     */
    public Optional<RegistryException> greeting(Principal principal) {
        return asksWho && principal instanceof Peer peer && !peer.declined() && canBeAsked()
                ? Optional.of(new Unauthorized("who asks? (a login, or a token of nobody)", Unauthorized.Why.UNKNOWN))
                : Optional.empty();
    }

    /**
     * What is missing to ask the upstream whether they may read this repository, where it decides that by what they bring
     * themselves: who was not asked for a login yet is, and may go on without.
     */
    public Optional<RegistryException> login(Principal principal, Repository repository) {
        Optional<Brought> brought = principal.brought();
        if (brought.isPresent()) {
            return brought.get().covers(repository)
                    ? Optional.empty()
                    : Optional.of(new Unauthorized("the token is not for " + repository, Unauthorized.Why.TOO_NARROW));
        }
        return wasAsked(principal)
                ? Optional.empty()
                : Optional.of(new Unauthorized(
                        repository + ": who asks " + repository.registry() + "? (a login there, or a token of nobody)",
                        Unauthorized.Why.UNKNOWN));
    }

    /** Whether they came with a header that answers a challenge, or could. */
    private static boolean wasAsked(Principal principal) {
        if (principal instanceof Known known) {
            Proof proof = known.identity().proof();
            return known.at().declined() || (proof != Proof.MTLS && proof != Proof.NODE);
        }
        return !(principal instanceof Peer peer) || peer.declined();
    }

    /**
     * What a client brings for an upstream that is asked with that.
     *
     * @throws Unauthorized if it can be no login
     */
    public Brought brought(Offer offer, Set<Repository> repositories) {
        return proofs().brought(offer, repositories);
    }

    /**
     * Completes if the upstream does not refuse what was brought; fails with a {@link RegistryException}, a 429 if the same
     * user failed there too often of late, from the same address.
     *
     * @param upstream asks it: {@link Unauthorized} if it refuses, false if it asks nobody who they are
     */
    public CompletableFuture<Void> tried(
            Brought brought, InetAddress source, Supplier<CompletableFuture<Boolean>> upstream) {
        return proofs().logins().tried(brought, source, upstream);
    }

    /** An upstream refused something to whoever brought this. */
    public void refused(Brought brought, InetAddress source) {
        proofs().logins().refused(brought, source);
    }

    /** A token in which what was brought is sealed. @throws RegistryException if it is too long for that */
    public Token token(Brought brought, long edition) {
        try {
            return new Token(proofs().tokens().issue(brought, edition, lifetime), lifetime);
        } catch (NotProven e) {
            throw new RegistryException.Denied(e.getMessage());
        }
    }

    private Proofs proofs() {
        if (proofs == null) {
            throw new RegistryException.NameUnknown("no tokens are given out here");
        }
        return proofs;
    }

    /** Whether anybody can log in here. */
    public boolean canLogIn() {
        return proofs != null && proofs.canLogIn();
    }

    /** Whether there are tokens of our own. */
    public boolean canBeAsked() {
        return proofs != null && proofs.canBeAsked();
    }

    /** What tokens of now rest on; to be read before somebody is identified to whom one is to be given. */
    public long edition() {
        return proofs == null ? 0 : proofs.edition();
    }

    /**
     * A token to pull from these repositories with, also for somebody unknown, who may go on as that.
     *
     * @param edition in which they were identified: a proof takes its time, and what it rests on may have changed meanwhile
     * @throws RegistryException if one of them is not for somebody unknown, there are too many of them, or who asks is known
     *     by a token of ours
     */
    public Token token(Principal principal, Set<Repository> repositories, long edition) {
        if (principal instanceof Known known && known.identity().proof() == Proof.TOKEN) {
            // else a token of five minutes would be good for ever, and for everything that its owner may have
            throw new Unauthorized(
                    "a token is not exchanged for another (expected: a login)", Unauthorized.Why.TOO_NARROW);
        }
        if (principal instanceof Peer) {
            repositories.forEach(each -> refusal(principal, each, () -> new RegistryException.NameUnknown(""))
                    .ifPresent(refusal -> {
                        throw refusal;
                    }));
        }
        Optional<Identity> who = principal instanceof Known known ? Optional.of(known.identity()) : Optional.empty();
        try {
            return new Token(
                    proofs().tokens().issue(who.map(Identity::byToken), repositories, edition, lifetime), lifetime);
        } catch (NotProven e) {
            throw new RegistryException.Denied(e.getMessage());
        }
    }
}
