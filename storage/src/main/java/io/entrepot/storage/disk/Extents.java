package io.entrepot.storage.disk;

import java.util.Map;
import java.util.TreeMap;

/** The ranges of a growing file that are there beyond its prefix; guarded by the object's lock. */
final class Extents {

    /** Start → end, exclusive; no two touch. */
    private final TreeMap<Long, Long> ranges = new TreeMap<>();

    /** Adds a range that overlaps no other; neighbours become one. */
    synchronized void add(long start, long end) {
        Map.Entry<Long, Long> before = ranges.floorEntry(start);
        long from = before != null && before.getValue() == start ? before.getKey() : start;
        Long after = ranges.remove(end);
        ranges.put(from, after == null ? end : after);
    }

    /** The end of the range that contains this position, or the position itself if none does. */
    synchronized long endAt(long position) {
        Map.Entry<Long, Long> range = ranges.floorEntry(position);
        return range == null ? position : Math.max(position, range.getValue());
    }

    /** The start of the first range after this position, {@link Long#MAX_VALUE} if there is none. */
    synchronized long nextAfter(long position) {
        Long next = ranges.higherKey(position);
        return next == null ? Long.MAX_VALUE : next;
    }

    /** Drops ranges that end at or before this position: they belong to the prefix now. */
    synchronized void dropBefore(long position) {
        ranges.headMap(position).values().removeIf(end -> end <= position);
    }
}
