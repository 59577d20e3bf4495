package io.entrepot.server;

import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.oci.Registry;
import io.entrepot.server.upstream.Upstream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The upstreams that are open. One whose configuration did not change stays as it is over a reload, with its connections
 * and tokens.
 */
record Upstreams(Map<Registry, Open> open) {

    /** One upstream and how to close it. */
    record Open(UpstreamConfig config, Upstream upstream, Runnable close) {}

    static final Upstreams NONE = new Upstreams(Map.of());

    Upstreams {
        open = Map.copyOf(open);
    }

    Map<Registry, Upstream> byRegistry() {
        Map<Registry, Upstream> upstreams = new HashMap<>();
        open.forEach((registry, each) -> upstreams.put(registry, each.upstream()));
        return upstreams;
    }

    /** Those of another configuration; what is the same in it is not opened again. */
    Upstreams next(Map<Registry, UpstreamConfig> configs, Function<UpstreamConfig, Open> opener) {
        Map<Registry, Open> next = new HashMap<>();
        configs.forEach((registry, config) -> {
            Open before = open.get(registry);
            next.put(registry, before != null && before.config.equals(config) ? before : opener.apply(config));
        });
        return new Upstreams(next);
    }

    /** Those that are not in the other. */
    List<Open> without(Upstreams other) {
        List<Open> gone = new ArrayList<>(open.values());
        gone.removeAll(other.open.values());
        return gone;
    }
}
