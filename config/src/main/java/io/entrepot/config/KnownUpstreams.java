package io.entrepot.config;

import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.oci.Registry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The upstreams of a file, by name and by pattern: what other keys may speak of.
 *
 * @param proxy what those go through that say nothing else
 */
record KnownUpstreams(Map<Registry, UpstreamConfig> named, List<UpstreamPattern> patterns, Optional<HttpProxy> proxy) {

    boolean has(Registry registry) {
        return named.containsKey(registry) || patterns.stream().anyMatch(pattern -> pattern.matches(registry));
    }

    boolean isEmpty() {
        return named.isEmpty() && patterns.isEmpty();
    }

    Set<Registry> names() {
        return named.keySet();
    }

    /** For a message that says what would have been right. */
    String expected() {
        String all = named.keySet().stream().map(Registry::name).sorted().collect(Collectors.joining(", "));
        return named.isEmpty() ? "a key of upstreams" : "one of " + all;
    }
}
