package io.entrepot.server.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.entrepot.oci.RegistryException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Who failed how often, for each user as seen from each address: after five failures one has to wait, each time twice as
 * long, a minute at most. Attempts under way count as failures until it is known that they are none. Whatever names it
 * tries, one place has eight attempts under way, so that it does not keep out others, who wait for the same threads.
 */
final class Attempts {

    private static final int FREE = 5;
    private static final int MOST_AT_ONCE = 8;

    /** Bytes of an IPv6 address that are a place: whoever has a network of it has all addresses in that. */
    private static final int PLACE = 8;

    private static final long LONGEST_SECONDS = 60;
    private static final int MOST = 100_000;
    static final Duration REMEMBERED = Duration.ofMinutes(15);

    private final LongSupplier nanos;
    private final Cache<Who, State> states;
    private final Map<ByteBuffer, Integer> underWay = new ConcurrentHashMap<>();

    Attempts(LongSupplier nanos) {
        this.nanos = nanos;
        this.states = Caffeine.newBuilder()
                .maximumSize(MOST)
                .expireAfterWrite(REMEMBERED)
                .ticker(nanos::getAsLong)
                .build();
    }

    /** One user, or one login, as seen from one address: from elsewhere nobody can lock them out. */
    record Who(String user, InetAddress source) {

        ByteBuffer place() {
            byte[] address = source.getAddress();
            return ByteBuffer.wrap(address, 0, Math.min(address.length, PLACE));
        }
    }

    private record State(int failures, int underWay, long notBefore) {

        static final State NONE = new State(0, 0, 0);

        boolean admits(long now) {
            return failures + underWay < FREE || (underWay == 0 && now - notBefore >= 0);
        }
    }

    /** Takes a turn, which must end. @throws RegistryException.TooManyRequests if it is too early for it */
    void begin(Who who) {
        enter(who);
        try {
            turn(who);
        } catch (RegistryException e) {
            leave(who);
            throw e;
        }
    }

    private void enter(Who who) {
        underWay.compute(who.place(), (place, count) -> {
            int now = count == null ? 0 : count;
            if (now >= MOST_AT_ONCE) {
                throw new RegistryException.TooManyRequests(
                        "too many passwords from this address are being checked", Duration.ofSeconds(1));
            }
            return now + 1;
        });
    }

    private void leave(Who who) {
        underWay.computeIfPresent(who.place(), (place, count) -> count > 1 ? count - 1 : null);
    }

    private void turn(Who who) {
        long now = nanos.getAsLong();
        states.asMap().compute(who, (key, known) -> {
            State state = known == null ? State.NONE : known;
            if (!state.admits(now)) {
                long left = Math.max(Duration.ofSeconds(1).toNanos(), state.notBefore - now);
                throw new RegistryException.TooManyRequests(
                        "too many wrong passwords for this user", Duration.ofNanos(left));
            }
            return new State(state.failures, state.underWay + 1, state.notBefore);
        });
    }

    /** The turn ended; what it showed. */
    void right(Who who) {
        leave(who);
        states.invalidate(who);
    }

    void wrong(Who who) {
        leave(who);
        long now = nanos.getAsLong();
        states.asMap().compute(who, (key, known) -> {
            State state = known == null ? State.NONE : known;
            int failures = Math.min(1_000, state.failures + 1);
            long wait = failures < FREE ? 0 : Math.min(LONGEST_SECONDS, 1L << Math.min(6, failures - FREE));
            return new State(
                    failures,
                    Math.max(0, state.underWay - 1),
                    now + Duration.ofSeconds(wait).toNanos());
        });
    }

    /** The turn ended without telling anything. */
    void untold(Who who) {
        leave(who);
        states.asMap()
                .computeIfPresent(
                        who,
                        (key, state) -> new State(state.failures, Math.max(0, state.underWay - 1), state.notBefore));
    }
}
