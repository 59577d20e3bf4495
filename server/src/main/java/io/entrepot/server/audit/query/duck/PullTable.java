package io.entrepot.server.audit.query.duck;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;

/**
 * The statement that makes pulls of records ({@code pulls.sql}), for those that began in a time. It looks at records from an hour
 * before to an hour after it: of a pull that goes on for longer, the rest is not in it.
 */
final class PullTable {

    static final Duration DAY = Duration.ofDays(1);
    static final Duration AFTER = Duration.ofHours(1);

    private PullTable() {}

    /** @param who a condition that holds for all records of a pull or for none */
    static String sql(Instant from, Instant to, String who) throws IOException {
        Instant earlier = from.equals(Instant.EPOCH) ? from : from.minus(AFTER);
        String near = who + " AND time >= " + Where.literal(earlier) + " AND time < " + Where.literal(later(to));
        String pulls = Report.resource("pulls.sql").replace("${around}", near).replace("${later}", near);
        return "SELECT * FROM (" + pulls + ") WHERE began >= " + Where.literal(from) + " AND began < "
                + Where.literal(to);
    }

    private static Instant later(Instant to) {
        return to.isBefore(Where.NEVER) ? to.plus(AFTER) : to;
    }
}
