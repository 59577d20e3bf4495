package io.entrepot.server.upstream;

import io.entrepot.server.upstream.UpstreamException.Kind;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether an endpoint is worth asking: not while it fails or hangs, but for one request now and then, which finds out.
 *
 * <pre>
 *   CLOSED ──five failures in a row, or a hang──▶ OPEN ──its pause is over, and somebody asks──▶ HALF_OPEN
 *      ▲ ▲                                         │ ▲                                           │     │
 *      │ └──an answer to what was asked before─────┘ └──the probe failed: twice the pause────────┘     │
 *      └──────────────────────────────an answer────────────────────────────────────────────────────────┘
 * </pre>
 *
 * <p>A hang is a request that got no answer in time, while none that was sent before or after it got one either. Times are
 * nanoseconds of a monotonic clock. State is guarded by this; what a change means for others is told outside of it.
 */
final class Breaker {

    /** So many in a row are no accident of one repository. */
    static final int FAILURES = 5;

    static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

    /** So long an upstream that is back may go unnoticed. */
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    /** No request takes longer; one that never ends must not keep the endpoint unasked for ever. */
    private static final Duration LONGEST_PROBE = Duration.ofMinutes(2);

    private State state = State.CLOSED;
    private int edition;
    private int failures;
    private boolean answered;
    private long answeredAt;
    private Duration pause = FIRST_PAUSE;
    private long askedAgainAt;
    private @Nullable Permit probe;
    private @Nullable UpstreamException why;

    /** What is done with a request. */
    enum State {
        /** It is sent. */
        CLOSED,
        /** It is refused. */
        OPEN,
        /** It is refused until the one that was sent to find out has an answer. */
        HALF_OPEN
    }

    /** Leave to send one request; whoever has it says what became of it. */
    static final class Permit {

        private final long sentAt;
        private final int edition;

        private Permit(long sentAt, int edition) {
            this.sentAt = sentAt;
            this.edition = edition;
        }

        /** How long ago that was. */
        Duration age(long now) {
            return Duration.ofNanos(now - sentAt);
        }
    }

    synchronized State state() {
        return state;
    }

    /** Whether a request may be sent now; one that is not CLOSED gives leave for a probe. */
    synchronized boolean mayAsk(long now) {
        return switch (state) {
            case CLOSED -> true;
            case OPEN -> now - askedAgainAt >= 0;
            case HALF_OPEN -> probe == null || probe.age(now).compareTo(LONGEST_PROBE) > 0;
        };
    }

    /** Leave to send a request now; empty if it is refused. */
    synchronized Optional<Permit> ask(long now) {
        if (!mayAsk(now)) {
            return Optional.empty();
        }
        Permit permit = new Permit(now, edition);
        if (state != State.CLOSED) {
            state = State.HALF_OPEN;
            probe = permit;
        }
        return Optional.of(permit);
    }

    /** It answered, whatever it said. True if that closes the breaker. */
    synchronized boolean answered(long now) {
        boolean closes = state != State.CLOSED;
        if (closes) {
            edition++;
        } else {
            pause = FIRST_PAUSE;
        }
        state = State.CLOSED;
        probe = null;
        failures = 0;
        answered = true;
        answeredAt = now;
        return closes;
    }

    /** It failed so. True if that opens a breaker that was closed. */
    synchronized boolean failed(Permit permit, UpstreamException failure, long now) {
        if (permit == probe) {
            open(failure, now);
            return false;
        }
        // what was sent before it was found to answer again says nothing new
        if (state != State.CLOSED || permit.edition != edition) {
            return false;
        }
        failures++;
        boolean opens = failures >= FAILURES || hangs(permit, failure);
        if (opens) {
            open(failure, now);
        }
        return opens;
    }

    private boolean hangs(Permit permit, UpstreamException failure) {
        return failure.kind() == Kind.TIMEOUT && (!answered || answeredAt - permit.sentAt <= 0);
    }

    private void open(UpstreamException failure, long now) {
        Duration wished = failure.retryAfter().compareTo(LONGEST_PAUSE) < 0 ? failure.retryAfter() : LONGEST_PAUSE;
        state = State.OPEN;
        probe = null;
        why = failure;
        askedAgainAt = now + (wished.compareTo(pause) > 0 ? wished : pause).toNanos();
        Duration twice = pause.multipliedBy(2);
        pause = twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    }

    /** The request says nothing of the endpoint: the next one is as good a probe. */
    synchronized void unclear(Permit permit) {
        if (permit == probe) {
            state = State.OPEN;
            probe = null;
        }
    }

    /** Why nobody is asked; empty while it is closed. */
    synchronized Optional<UpstreamException> why() {
        return state == State.CLOSED ? Optional.empty() : Optional.ofNullable(why);
    }

    /** Until somebody may be asked again, at least; a second where that depends on the probe. */
    synchronized Duration askedAgainIn(long now) {
        Duration left = Duration.ofNanos(askedAgainAt - now);
        return left.compareTo(FIRST_PAUSE) > 0 ? left : FIRST_PAUSE;
    }
}
