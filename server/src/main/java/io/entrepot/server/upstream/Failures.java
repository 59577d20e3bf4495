package io.entrepot.server.upstream;

import io.entrepot.oci.Registry;
import io.entrepot.server.login.NoLogin;
import io.entrepot.server.net.NetException;
import io.entrepot.server.upstream.UpstreamException.Kind;
import io.entrepot.server.upstream.UpstreamException.Trait;
import java.net.URI;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says of every failure of a request what kind it is, and which upstream it was. */
final class Failures {

    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    /** A backend that restarts. Who did not answer in time once, would take as long again. */
    private static final Set<NetException.Kind> PASSING = Set.of(NetException.Kind.UNREACHABLE, NetException.Kind.CUT);

    private static final Set<Kind> NO_ANSWER = Set.of(Kind.FAILED, Kind.TIMEOUT, Kind.UNREACHABLE, Kind.CUT);

    private final Registry registry;
    private final URI url;

    /** @param url where the registry is */
    Failures(Registry registry, URI url) {
        this.registry = registry;
        this.url = url;
    }

    /** Any failure as the one kind that callers know. */
    UpstreamException of(Throwable failure) {
        Throwable cause = cause(failure);
        if (cause instanceof UpstreamException told) {
            return told;
        }
        if (cause instanceof NetException net) {
            return new UpstreamException(
                    kind(net.kind()), registry + ": " + net.getMessage(), Duration.ZERO, traits(net));
        }
        if (cause instanceof NoLogin none) {
            return ofOurs(registry + ": it cannot be found out who we are there: " + none.getMessage());
        }
        if (cause instanceof WrongAnswer wrong) {
            return new UpstreamException(Kind.INVALID, registry + ": " + wrong.getMessage());
        }
        LOG.atError().addKeyValue("registry", registry).setCause(cause).log("upstream request failed unexpectedly");
        return ofOurs(registry + ": the request failed for a reason of our own");
    }

    private static UpstreamException ofOurs(String message) {
        return new UpstreamException(Kind.FAILED, message, Duration.ZERO, Set.of(Trait.NO_SIGN));
    }

    /** The same of a request to this token server, which may be another host than the registry's. */
    UpstreamException ofToken(Throwable failure, URI realm) {
        UpstreamException told = of(failure);
        return NO_ANSWER.contains(told.kind()) && !Exchange.sameOrigin(url, realm) ? told.with(Trait.NO_SIGN) : told;
    }

    /** What a future was completed with, without the wrapping that futures add. */
    static Throwable cause(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static Set<Trait> traits(NetException failure) {
        Set<Trait> traits = EnumSet.noneOf(Trait.class);
        if (PASSING.contains(failure.kind())) {
            traits.add(Trait.PASSING);
        }
        if (failure.isElsewhere()) {
            traits.add(Trait.ELSEWHERE);
        }
        return traits;
    }

    private static Kind kind(NetException.Kind kind) {
        return switch (kind) {
            case UNREACHABLE, TLS -> Kind.UNREACHABLE;
            case TIMEOUT -> Kind.TIMEOUT;
            case CUT -> Kind.CUT;
            case BUSY -> Kind.BUSY;
            case FORBIDDEN_ADDRESS, FORBIDDEN_REDIRECT, PROTOCOL, TOO_LARGE -> Kind.INVALID;
        };
    }
}
