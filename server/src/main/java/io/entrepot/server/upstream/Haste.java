package io.entrepot.server.upstream;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Until when an upstream, or its token server, is to be left alone that found somebody too fast. Some tell by our address, and
 * mean everybody; others by the login. What is said to us, be it as nobody, holds for all accounts. What is said to a login
 * that a caller brought holds for that caller alone, lest one of them stops the others' pulls; if it is said to another one
 * meanwhile, it is our address, and holds for all, yet not for longer than we wait by ourselves.
 */
final class Haste {

    private static final Duration LONGEST_FOR_ALL = Duration.ofMinutes(5);

    private final Slowdown all;
    private final Slowdown own;
    private final AtomicReference<Haste> latest;

    private Haste(Slowdown all, Slowdown own, AtomicReference<Haste> latest) {
        this.all = all;
        this.own = own;
        this.latest = latest;
    }

    /** Of the accounts that are ours, and of nobody. */
    static Haste ofAll() {
        Slowdown all = Slowdown.ofHaste();
        return new Haste(all, all, new AtomicReference<>());
    }

    /** Of one more caller, beside these. */
    Haste ofCaller() {
        return new Haste(all, Slowdown.ofHaste(), latest);
    }

    /** @param retryAfter zero if nothing was said */
    void refused(Duration retryAfter, Instant now) {
        own.refused(retryAfter, now);
        if (own != all && isSaidToAnother(now)) {
            all.refused(retryAfter.compareTo(LONGEST_FOR_ALL) < 0 ? retryAfter : LONGEST_FOR_ALL, now);
        }
    }

    /** Whether the caller who heard it last was another one, and is to wait still. */
    private boolean isSaidToAnother(Instant now) {
        Haste before = latest.getAndSet(this);
        return before != null && before != this && !before.own.isOver(now);
    }

    /** It answers again. */
    void answered(Instant now) {
        own.answered(now);
        all.answered(now);
    }

    boolean isOver(Instant now) {
        return own.isOver(now) && all.isOver(now);
    }

    /** Not negative. */
    Duration left(Instant now) {
        Duration mine = own.left(now);
        Duration everybodys = all.left(now);
        return mine.compareTo(everybodys) > 0 ? mine : everybodys;
    }
}
