package io.entrepot.server;

import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.config.UpstreamPattern;
import io.entrepot.oci.Registry;
import io.entrepot.oci.RegistryException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Upstreams that clients named and a pattern admits, open while they are used. Clients choose the names, so their number is
 * bounded; those that nobody used for an hour make room, sooner where it gets narrow.
 */
final class FoundUpstreams {

    static final int MOST = 1_000;

    private static final long UNUSED_NANOS = Duration.ofHours(1).toNanos();
    private static final long UNUSED_WHERE_NARROW_NANOS = Duration.ofMinutes(10).toNanos();

    private final List<UpstreamPattern> patterns;
    private final Function<UpstreamConfig, Upstreams.Open> opener;
    private final LongSupplier nanos;
    private final Map<Registry, Found> found = new ConcurrentHashMap<>();

    private record Found(Upstreams.Open open, long usedAt) {}

    FoundUpstreams(
            List<UpstreamPattern> patterns, Function<UpstreamConfig, Upstreams.Open> opener, LongSupplier nanos) {
        this.patterns = patterns;
        this.opener = opener;
        this.nanos = nanos;
    }

    /** The upstream of this name, if the first pattern that matches admits it. @throws RegistryException if there are too many */
    Optional<Upstreams.Open> find(Registry registry) {
        for (UpstreamPattern pattern : patterns) {
            if (pattern.matches(registry)) {
                return Optional.of(open(pattern, registry));
            }
        }
        return Optional.empty();
    }

    private Upstreams.Open open(UpstreamPattern pattern, Registry registry) {
        Found now = found.compute(registry, (same, known) -> {
            if (known == null && found.size() >= MOST) {
                return null;
            }
            return new Found(known == null ? opener.apply(pattern.upstream(registry)) : known.open, nanos.getAsLong());
        });
        if (now == null) {
            throw new RegistryException.Unavailable(
                    registry + " is one more than the " + MOST + " registries that patterns may admit at a time",
                    Duration.ofMinutes(1));
        }
        return now.open;
    }

    /** Takes out those that nobody used for an hour, or ten minutes if there are many; the caller closes them. */
    List<Upstreams.Open> takeUnused() {
        List<Upstreams.Open> unused = new ArrayList<>();
        long now = nanos.getAsLong();
        long unusedFor = found.size() > MOST / 2 ? UNUSED_WHERE_NARROW_NANOS : UNUSED_NANOS;
        found.forEach((registry, each) -> {
            if (now - each.usedAt > unusedFor && found.remove(registry, each)) {
                unused.add(each.open);
            }
        });
        return unused;
    }

    List<Upstreams.Open> open() {
        return found.values().stream().map(Found::open).toList();
    }

    /** Those of another configuration; what is the same in it is not opened again. */
    FoundUpstreams next(List<UpstreamPattern> others) {
        FoundUpstreams next = new FoundUpstreams(others, opener, nanos);
        found.forEach((registry, each) -> others.stream()
                .filter(pattern -> pattern.matches(registry))
                .findFirst()
                .filter(pattern -> pattern.upstream(registry).equals(each.open.config()))
                .ifPresent(pattern -> next.found.put(registry, each)));
        return next;
    }
}
