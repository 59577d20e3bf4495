package io.entrepot.server;

import io.entrepot.config.MirrorConfig;
import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.oci.Registry;
import io.entrepot.server.pull.UpstreamFinder;
import io.entrepot.server.upstream.Upstream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The upstreams that are open. One whose configuration did not change stays as it is over a reload, with its connections
 * and tokens.
 */
record Upstreams(Map<Registry, Open> named, FoundUpstreams found) implements UpstreamFinder {

    /** One upstream and how to close it. */
    record Open(UpstreamConfig config, Upstream upstream, Runnable close) {}

    Upstreams {
        named = Map.copyOf(named);
    }

    static Upstreams first(MirrorConfig config, Function<UpstreamConfig, Open> opener) {
        return new Upstreams(Map.of(), new FoundUpstreams(List.of(), opener, System::nanoTime)).next(config, opener);
    }

    @Override
    public boolean isNamed(Registry registry) {
        return named.containsKey(registry);
    }

    @Override
    public Optional<Upstream> find(Registry registry) {
        Open open = named.get(registry);
        return open != null ? Optional.of(open.upstream) : found.find(registry).map(Open::upstream);
    }

    /** Those of another configuration; what is the same in it is not opened again. */
    Upstreams next(MirrorConfig config, Function<UpstreamConfig, Open> opener) {
        Map<Registry, Open> next = new HashMap<>();
        config.upstreams().forEach((registry, each) -> {
            Open before = named.get(registry);
            next.put(registry, before != null && before.config.equals(each) ? before : opener.apply(each));
        });
        return new Upstreams(next, found.next(config.upstreamPatterns()));
    }

    List<Open> all() {
        List<Open> all = new ArrayList<>(named.values());
        all.addAll(found.open());
        return all;
    }

    /** By key, how many endpoints are not asked now. */
    Map<String, Double> suspended() {
        Map<String, Double> suspended = new TreeMap<>();
        for (Open each : all()) {
            long endpoints = each.upstream.health().stream()
                    .filter(endpoint -> !endpoint.isAsked())
                    .count();
            suspended.merge(each.config.key(), (double) endpoints, Double::sum);
        }
        return suspended;
    }

    /** Those that are not in the other. */
    List<Open> without(Upstreams other) {
        List<Open> gone = all();
        gone.removeAll(other.all());
        return gone;
    }
}
