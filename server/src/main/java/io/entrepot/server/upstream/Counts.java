package io.entrepot.server.upstream;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** How often each of several things happened; counted from any thread without a lock. */
final class Counts<E extends Enum<E>> {

    private final Map<E, LongAdder> counts;

    Counts(Class<E> things) {
        this.counts = new EnumMap<>(things);
        for (E each : things.getEnumConstants()) {
            counts.put(each, new LongAdder());
        }
    }

    void add(E thing) {
        LongAdder count = counts.get(thing);
        if (count != null) {
            count.increment();
        }
    }

    /** What happened at all. */
    Map<E, Long> counted() {
        Map<E, Long> happened = new HashMap<>();
        counts.forEach((each, count) -> {
            long sum = count.sum();
            if (sum > 0) {
                happened.put(each, sum);
            }
        });
        return happened;
    }
}
