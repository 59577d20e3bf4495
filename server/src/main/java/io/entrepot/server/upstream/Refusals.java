package io.entrepot.server.upstream;

import io.entrepot.config.MirrorConfig.Credentials;
import io.entrepot.oci.Registry;
import io.entrepot.server.upstream.UpstreamException.Kind;
import io.entrepot.server.upstream.UpstreamException.Trait;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;

/** What a status means that is no answer: the kind of failure, and words for a person. */
final class Refusals {

    /** One backend of many that restarts; a limit has a time of its own, and what a server does not do it will not do next. */
    private static final Set<Integer> PASSING = Set.of(500, 502, 503, 504);

    private final Registry registry;
    private final Credentials credentials;

    Refusals(Registry registry, Credentials credentials) {
        this.registry = registry;
        this.credentials = credentials;
    }

    /** Who answered, which decides what a status means. */
    private enum Place {
        REGISTRY,
        STORAGE,
        TOKEN_SERVER
    }

    /** A refusal by the registry, or by the storage that it sent us to. */
    UpstreamException of(Heard heard) {
        return refusal(heard.elsewhere() ? Place.STORAGE : Place.REGISTRY, heard);
    }

    /** A refusal by the token server. */
    UpstreamException ofToken(Heard heard) {
        return refusal(Place.TOKEN_SERVER, heard);
    }

    private UpstreamException refusal(Place place, Heard heard) {
        int status = heard.status();
        String message = heard.message().isEmpty() ? "" : ": " + heard.message();
        return new UpstreamException(
                kind(place, status),
                registry + ": " + who(place, heard) + status + " " + words(place, status) + message,
                heard.reply()
                        .header("Retry-After")
                        .map(text -> RetryAfter.parse(text, Instant.now()))
                        .orElse(Duration.ZERO),
                traits(place, status));
    }

    /** A token server's failure is remembered for longer than it would take to ask again. */
    private static Set<Trait> traits(Place place, int status) {
        Set<Trait> traits = EnumSet.noneOf(Trait.class);
        if (PASSING.contains(status) && place != Place.TOKEN_SERVER) {
            traits.add(Trait.PASSING);
        }
        if (place == Place.STORAGE) {
            traits.add(Trait.ELSEWHERE);
        }
        return traits;
    }

    private static Kind kind(Place place, int status) {
        return switch (status) {
            // a signed address that is not honoured says nothing of our rights
            case 401, 403 -> place == Place.STORAGE ? Kind.FAILED : Kind.REFUSED;
            case 400, 410 -> place == Place.STORAGE ? Kind.FAILED : Kind.INVALID;
            // a token server that is not there says nothing of the image
            case 404 -> place == Place.TOKEN_SERVER ? Kind.INVALID : Kind.NOT_FOUND;
            case 429 -> Kind.RATE_LIMITED;
            default -> status >= 500 ? Kind.FAILED : Kind.INVALID;
        };
    }

    private static String who(Place place, Heard heard) {
        String host = heard.reply().uri().getHost();
        return switch (place) {
            case REGISTRY -> "";
            case STORAGE -> "its storage " + host + ": ";
            case TOKEN_SERVER -> "its token server " + host + ": ";
        };
    }

    private String words(Place place, int status) {
        return switch (status) {
            case 401, 403 -> place == Place.STORAGE ? "access refused" : "access refused (" + reason() + ")";
            case 404 -> "not found";
            case 429 -> "rate limit reached";
            default -> status >= 500 ? "server error" : "(expected: an answer of a registry)";
        };
    }

    private String reason() {
        if (credentials.passThrough()) {
            return credentials instanceof Credentials.PassThrough
                    ? "the repository does not exist or what was brought does not suffice"
                    : "the repository does not exist or the login does not suffice";
        }
        return credentials instanceof Credentials.Anonymous
                ? "the repository does not exist or may require credentials"
                : "the repository does not exist or our credentials do not suffice";
    }
}
