package io.entrepot.server.audit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What happens to an allowed pull that cannot be put on record: it is refused, or, where the operator chose that, given all the
 * same if the same was given on record not long ago, so many times and no more.
 */
final class OnFailure {

    private static final Duration NOT_LONG = Duration.ofHours(24);
    private static final int MOST_REMEMBERED = 200_000;

    /** Pulls off the record, of one failure. */
    private static final long MOST_UNRECORDED = 1_000_000;

    private final boolean degrade;
    private final Cache<Given, Boolean> given;
    private final AtomicLong unrecorded = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private volatile boolean missing;

    OnFailure(boolean degrade, Ticker ticker) {
        this.degrade = degrade;
        this.given = Caffeine.newBuilder()
                .maximumSize(MOST_REMEMBERED)
                .expireAfterWrite(NOT_LONG)
                .ticker(ticker)
                .build();
    }

    /** To whom, and what: somebody else's right to the same content is another matter. */
    private record Given(String principal, Object client, String repository, String digest) {

        static Given of(AuditEvent.Decision decision, String digest) {
            return new Given(
                    decision.who().principal(),
                    decision.who().client(),
                    decision.what().repository().toString(),
                    digest);
        }
    }

    /** It is on record that this was given. */
    void recorded(AuditEvent.Decision decision) {
        if (degrade && decision.ruling().verdict() == Ruling.Verdict.ALLOW) {
            given.put(Given.of(decision, decision.found().digest()), true);
        }
    }

    /** Whether it may be given although it is not on record; counted either way. */
    boolean mayGoOn(AuditEvent.Decision decision) {
        boolean known = degrade
                && decision.ruling().verdict() == Ruling.Verdict.ALLOW
                && (isKnown(decision, decision.found().digest())
                        || isKnown(decision, decision.found().lineage().image()));
        if (known && unrecorded.incrementAndGet() <= MOST_UNRECORDED) {
            missing = true;
            return true;
        }
        if (known) {
            unrecorded.decrementAndGet();
        }
        refused();
        return false;
    }

    /** A request was refused because it cannot be put on record. */
    void refused() {
        refused.incrementAndGet();
        missing = true;
    }

    /** A blob goes on with the image that it belongs to. */
    private boolean isKnown(AuditEvent.Decision decision, String digest) {
        return !digest.isEmpty() && given.getIfPresent(Given.of(decision, digest)) != null;
    }

    /** Something was not recorded, and the log does not say so yet. */
    boolean isMissing() {
        return missing;
    }

    /** What was not recorded since the last time this was asked. */
    Missed take() {
        missing = false;
        return new Missed(unrecorded.getAndSet(0), refused.getAndSet(0));
    }

    /** It could not be put on record after all. */
    void giveBack(Missed missed) {
        unrecorded.addAndGet(missed.given());
        refused.addAndGet(missed.refused());
        missing = true;
    }

    /** So many pulls were given off the record, and so many requests refused because there was none. */
    record Missed(long given, long refused) {}
}
