package io.entrepot.server.upstream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How many names that nobody had asked for each client asked for, in windows of its own that begin with the first. Guarded by
 * its budget.
 */
final class NewNames {

    /** Clients that are told apart; of more, those that asked least lately begin anew. */
    private static final int CLIENTS = 100_000;

    /** Most budgets are asked for none. */
    private @Nullable Cache<String, Count> counts;

    private record Count(int names, Instant since) {}

    /** Counts one more unless there are as many as may be; zero if it was counted, else how long until the next may be. */
    Duration take(String client, long most, Duration window, Instant now) {
        Cache<String, Count> known = known();
        Count before = known.getIfPresent(client);
        if (before == null || !now.isBefore(before.since.plus(window))) {
            known.put(client, new Count(1, now));
            return Duration.ZERO;
        }
        if (before.names >= most) {
            return Duration.between(now, before.since.plus(window));
        }
        known.put(client, new Count(before.names + 1, before.since));
        return Duration.ZERO;
    }

    private Cache<String, Count> known() {
        Cache<String, Count> known = counts;
        if (known == null) {
            known = Caffeine.newBuilder().maximumSize(CLIENTS).build();
            counts = known;
        }
        return known;
    }
}
