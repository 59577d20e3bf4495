package io.entrepot.server.pull;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Names that clients asked for, for a person to look at later. Clients choose them, so their number is bounded. */
public final class Sightings {

    /** The most names that are kept; what comes when there are so many is not kept. */
    public static final int MOST = 10_000;

    private final Map<String, Sighting> names = new ConcurrentHashMap<>();
    private final AtomicLong changes = new AtomicLong();

    public void saw(String kind, String name, Instant at) {
        names.compute(kind + " " + name, (key, known) -> {
            if (known == null && names.size() >= MOST) {
                return null;
            }
            return known == null ? new Sighting(kind, name, 1, at, at) : known.again(at);
        });
        changes.incrementAndGet();
    }

    /** By name. */
    public List<Sighting> list() {
        return names.values().stream()
                .sorted(Comparator.comparing(Sighting::name).thenComparing(Sighting::kind))
                .toList();
    }

    public int size() {
        return names.size();
    }

    /** Takes over what was known before. */
    public void restore(Collection<Sighting> before) {
        before.stream().limit(MOST).forEach(each -> names.put(each.kind() + " " + each.name(), each));
    }

    public void clear() {
        names.clear();
        changes.incrementAndGet();
    }

    /** Grows with every change. */
    public long changes() {
        return changes.get();
    }
}
