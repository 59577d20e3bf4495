package io.entrepot.server.audit;

import io.entrepot.server.audit.AuditEvent.Repeated;
import io.entrepot.server.audit.AuditEvent.Repeated.Example;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Keeps the log from being drowned: of the refusals of one source each has a record of its own up to a rate; what comes beyond
 * it is counted, and becomes one record with exact numbers. A source is an address, of IPv6 the /64. Sources beyond the bound
 * share one place, and so do all of them where space is scarce.
 */
final class Repeats {

    /** Records that a source may cause at once, and how fast it may again. */
    private static final int BURST = 60;

    private static final long NANOS_EACH = TimeUnit.MILLISECONDS.toNanos(200);

    /** All sources together: a botnet is many. */
    private static final int BURST_OF_ALL = 6_000;

    private static final long NANOS_EACH_OF_ALL = TimeUnit.MILLISECONDS.toNanos(2);

    private static final int MOST_SOURCES = 10_000;
    private static final int MOST_EXAMPLES = 24;
    private static final String OTHERS = "";

    private final LongSupplier nanos;
    private final Map<String, Source> sources = new HashMap<>(); // under this
    private final Allowance all; // under this

    Repeats(LongSupplier nanos) {
        this.nanos = nanos;
        this.all = new Allowance(BURST_OF_ALL, NANOS_EACH_OF_ALL, nanos.getAsLong());
    }

    private record Key(Ruling.Verdict verdict, String rule, String asked) {}

    /** So many at once, and one more in so much time. */
    private static final class Allowance {

        private final long burst;
        private final long each;
        private long since;

        Allowance(long burst, long each, long now) {
            this.burst = burst * each;
            this.each = each;
            this.since = now - this.burst;
        }

        boolean isLeft(long now) {
            since = Math.max(since, now - burst);
            return now - since >= each;
        }

        void take() {
            since += each;
        }

        boolean isWhole(long now) {
            return now - since >= burst;
        }
    }

    /** What one source asked for in vain. */
    private static final class Source {

        private final Allowance allowance;
        private final Map<Key, Long> held = new LinkedHashMap<>();
        private Requester who;
        private long count;
        private long began;

        Source(Requester who, long now) {
            this.who = who;
            this.allowance = new Allowance(BURST, NANOS_EACH, now);
        }

        void hold(Requester latest, Key key, long now) {
            if (count++ == 0) {
                began = now;
                who = latest;
            } else if (!isSame(who, latest)) {
                who = Requester.at(latest.client(), latest.via());
            }
            if (held.containsKey(key) || held.size() < MOST_EXAMPLES) {
                held.merge(key, 1L, Long::sum);
            }
        }

        /** One address may be many: their count is nobody's in particular. */
        private static boolean isSame(Requester one, Requester other) {
            return one.principal().equals(other.principal())
                    && one.node().equals(other.node())
                    && one.agent().equals(other.agent());
        }

        Repeated take(long now, boolean many) {
            List<Example> examples = new ArrayList<>();
            held.forEach((key, times) -> examples.add(new Example(key.verdict, key.rule, key.asked, times)));
            Repeated repeated = new Repeated(
                    many ? Requester.NOBODY : who, count, TimeUnit.NANOSECONDS.toSeconds(now - began), examples);
            held.clear();
            count = 0;
            return repeated;
        }
    }

    /** Whether this one has a record of its own; else it is counted. */
    synchronized boolean pass(Requester who, Ruling ruling, String asked, boolean scarce) {
        long now = nanos.getAsLong();
        Source source = source(scarce ? OTHERS : place(who.client()), who, now);
        if (!scarce && source.allowance.isLeft(now) && all.isLeft(now)) {
            source.allowance.take();
            all.take();
            return true;
        }
        source.hold(who, new Key(ruling.verdict(), ruling.rule(), asked), now);
        return false;
    }

    private Source source(String place, Requester who, long now) {
        Source known = sources.get(place);
        if (known != null) {
            return known;
        }
        String free = sources.size() < MOST_SOURCES ? place : OTHERS;
        return sources.computeIfAbsent(free, any -> new Source(who, now));
    }

    private static String place(InetAddress address) {
        byte[] bytes = address.getAddress();
        return Arrays.toString(bytes.length == 16 ? Arrays.copyOf(bytes, 8) : bytes);
    }

    /** What was counted since the last time, a record for each source. */
    synchronized List<Repeated> take() {
        long now = nanos.getAsLong();
        List<Repeated> counted = new ArrayList<>();
        sources.forEach((place, source) -> {
            if (source.count > 0) {
                counted.add(source.take(now, place.equals(OTHERS)));
            }
        });
        sources.values().removeIf(source -> source.allowance.isWhole(now));
        return counted;
    }
}
