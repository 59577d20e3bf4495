package io.entrepot.server.upstream;

import io.entrepot.oci.Registry;
import io.entrepot.server.login.NoLogin;
import io.entrepot.server.net.NetException;
import io.entrepot.server.upstream.UpstreamException.Kind;
import io.entrepot.server.upstream.UpstreamException.Trait;
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

    private final Registry registry;

    Failures(Registry registry) {
        this.registry = registry;
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
            return new UpstreamException(
                    Kind.FAILED, registry + ": it cannot be found out who we are there: " + none.getMessage());
        }
        if (cause instanceof WrongAnswer wrong) {
            return new UpstreamException(Kind.INVALID, registry + ": " + wrong.getMessage());
        }
        LOG.atError().addKeyValue("registry", registry).setCause(cause).log("upstream request failed unexpectedly");
        return new UpstreamException(Kind.FAILED, registry + ": the request failed for a reason of our own");
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
