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
 * long, a minute at most. Attempts under way are bounded, for a user and, whatever names it tries, for a place, so that it does
 * not keep out others.
 */
final class Attempts {

    private static final int FREE = 5;

    /** Bytes of an IPv6 address that are a place: whoever has a network of it has all addresses in that. */
    private static final int PLACE = 8;

    private static final long LONGEST_SECONDS = 60;
    private static final int MOST = 100_000;
    static final Duration REMEMBERED = Duration.ofMinutes(15);

    private final AtOnce most;
    private final LongSupplier nanos;
    private final Cache<Who, State> states;
    private final Map<ByteBuffer, Integer> underWay = new ConcurrentHashMap<>();

    Attempts(AtOnce most, LongSupplier nanos) {
        this.most = most;
        this.nanos = nanos;
        this.states = Caffeine.newBuilder()
                .maximumSize(MOST)
                .expireAfterWrite(REMEMBERED)
                .ticker(nanos::getAsLong)
                .build();
    }

    /** How many attempts may be under way: of one user as seen from one address, failures included, and from one place. */
    record AtOnce(int ofUser, int ofPlace) {

        /** Of hashes that are compared here: who guesses would keep the threads from others. */
        static final AtOnce HERE = new AtOnce(FREE, 8);

        /** Somewhere else: whole clusters may come from one address, where many have the same user name. */
        static final AtOnce ELSEWHERE = new AtOnce(64, 64);
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

        boolean admits(AtOnce most, long now) {
            return failures < FREE && failures + underWay < most.ofUser || underWay == 0 && now - notBefore >= 0;
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
            if (now >= most.ofPlace) {
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
            if (!state.admits(most, now)) {
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
