package io.entrepot.server.pull;

import io.entrepot.oci.Registry;
import io.entrepot.server.upstream.Upstream;
import java.util.Map;
import java.util.Optional;

/** The upstreams that pulls may go to. */
public interface UpstreamFinder {

    /** Whether an upstream of this name stands in the configuration, not counting patterns. */
    boolean isNamed(Registry registry);

    /** The upstream of this name, or one whose pattern the name matches. */
    Optional<Upstream> find(Registry registry);

    /** These upstreams and no others. */
    static UpstreamFinder of(Map<Registry, ? extends Upstream> upstreams) {
        Map<Registry, Upstream> named = Map.copyOf(upstreams);
        return new UpstreamFinder() {
            @Override
            public boolean isNamed(Registry registry) {
                return named.containsKey(registry);
            }

            @Override
            public Optional<Upstream> find(Registry registry) {
                return Optional.ofNullable(named.get(registry));
            }
        };
    }
}
