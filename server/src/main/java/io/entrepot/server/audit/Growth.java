package io.entrepot.server.audit;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** How fast a log grows, over the last day or since the start, and how long its space lasts. Any thread. */
final class Growth {

    private static final long DAY = TimeUnit.DAYS.toNanos(1);
    private static final long BETWEEN = TimeUnit.MINUTES.toNanos(15);
    private static final long LEAST = TimeUnit.HOURS.toNanos(1);

    private final LongSupplier nanos;
    private final Deque<Look> looks = new ArrayDeque<>(); // under this
    private Look latest = new Look(0, 0, 0); // under this

    private record Look(long at, long used, long whole) {}

    Growth(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** So many bytes are used of so many that there are. */
    synchronized void measured(long used, long whole) {
        long now = nanos.getAsLong();
        latest = new Look(now, used, whole);
        if (looks.isEmpty() || now - looks.getLast().at >= BETWEEN) {
            looks.add(latest);
        }
        while (looks.size() > 1 && now - looks.getFirst().at > DAY) {
            looks.removeFirst();
        }
    }

    synchronized long bytes() {
        return latest.used;
    }

    /** Negative as long as there is less than an hour to go by; infinite if it does not grow. */
    synchronized double daysLeft() {
        if (looks.isEmpty() || latest.at - looks.getFirst().at < LEAST) {
            return -1;
        }
        double grown = latest.used - looks.getFirst().used;
        double days = (double) (latest.at - looks.getFirst().at) / DAY;
        return grown <= 0 ? Double.POSITIVE_INFINITY : (latest.whole - latest.used) / (grown / days);
    }
}
