package io.entrepot.server.inspect;

import io.entrepot.config.MirrorConfig;
import io.entrepot.oci.Registry;
import io.entrepot.server.pull.UpstreamFinder;
import io.entrepot.server.upstream.OfflineUpstream;
import io.entrepot.server.upstream.Upstream;
import java.util.Optional;

/** The upstreams of a configuration, none of them open: enough to say where a pull would go. */
record Unopened(MirrorConfig config) implements UpstreamFinder {

    @Override
    public boolean isNamed(Registry registry) {
        return config.upstreams().containsKey(registry);
    }

    @Override
    public Optional<Upstream> find(Registry registry) {
        return Optional.ofNullable(config.upstreams().get(registry))
                .or(() -> config.upstreamPatterns().stream()
                        .filter(pattern -> pattern.matches(registry))
                        .findFirst()
                        .map(pattern -> pattern.upstream(registry)))
                .map(OfflineUpstream::new);
    }
}
