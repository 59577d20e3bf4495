package io.entrepot.config;

import io.entrepot.config.MirrorConfig.UpstreamConfig;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which way to an upstream an {@link UpstreamConfig} is, and which ways there are beside it.
 *
 * @param proxy what connections to it go through
 * @param prefix what stands before the path of each repository there, as the name of a proxy project; empty: nothing
 * @param passOn what it says and is not believed: the next endpoint is asked
 * @param others the endpoints that are asked, in this order, if it fails
 */
public record Reach(Optional<HttpProxy> proxy, String prefix, Set<Answer> passOn, List<UpstreamConfig> others) {

    /** The registry itself, and no other way. */
    public static final Reach DIRECT = new Reach(Optional.empty(), "", Set.of(), List.of());

    /** What an endpoint that does not have everything says of what it does not have. */
    public enum Answer {
        /** 404. */
        NOT_FOUND,
        /** 401 and 403. */
        REFUSED
    }

    public Reach {
        passOn = Set.copyOf(passOn);
        others = List.copyOf(others);
    }

    static Reach through(Optional<HttpProxy> proxy) {
        return new Reach(proxy, "", Set.of(), List.of());
    }

    Reach before(List<UpstreamConfig> next) {
        return new Reach(proxy, prefix, passOn, next);
    }
}
