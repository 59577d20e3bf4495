package io.entrepot.server.upstream;

import io.entrepot.server.upstream.UpstreamEvents.Endpoint;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What became of one budget up to now, for people and metrics.
 *
 * @param upstream its key in the configuration, which may be a pattern
 * @param registry its name
 * @param account as whom we are known there
 * @param granted what it said last; empty: it limits nothing, or did not say so
 * @param left of what is granted, as far as is known
 * @param reserved of what is left, for some alone
 * @param stretch how many times longer than usual tags are believed now
 * @param pullsAgain until when it refuses what it counts
 * @param anythingAgain until when it wants to be left alone
 * @param sent requests since the start, by what they were for
 * @param saved answers from the cache since the start, by what they would have been
 * @param withheld requests not sent since the start, by reason
 * @param waiting requests that wait for their turn
 */
public record BudgetReport(
        String upstream,
        String registry,
        String account,
        Optional<Granted> granted,
        long left,
        long reserved,
        int stretch,
        Optional<Instant> pullsAgain,
        Optional<Instant> anythingAgain,
        Map<Endpoint, Long> sent,
        Map<Endpoint, Long> saved,
        Map<Withheld.Reason, Long> withheld,
        int waiting) {

    public BudgetReport {
        sent = Map.copyOf(sent);
        saved = Map.copyOf(saved);
        withheld = Map.copyOf(withheld);
    }

    /**
     * What an upstream grants.
     *
     * @param spent by us, within the window
     * @param refills when some of it will have come back, if nobody but us spends it
     * @param exhausted when nothing will be left if it goes on as in the last eighth of the window; empty: it will not come to that
     */
    public record Granted(
            long limit,
            Duration window,
            String source,
            Instant heard,
            long spent,
            Instant refills,
            Optional<Instant> exhausted) {}
}
