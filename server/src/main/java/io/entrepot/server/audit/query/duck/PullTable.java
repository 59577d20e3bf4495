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

    /**
     * @param table of records
     * @param who a condition that holds for all records of a pull or for none
     * @param what the same, of requests alone
     */
    static String sql(String table, Instant from, Instant to, String who, String what) throws IOException {
        String near = who + " AND " + near(from, to);
        String pulls = Report.resource("pulls.sql")
                .replace("${records}", table)
                .replace("${around}", near + " AND " + what)
                .replace("${later}", near);
        return "SELECT * FROM (" + pulls + ") WHERE began >= " + Where.literal(from) + " AND began < "
                + Where.literal(to);
    }

    /** Of the records that pulls of a time are made of: when they are. */
    static String near(Instant from, Instant to) {
        Instant earlier = from.equals(Instant.EPOCH) ? from : from.minus(AFTER);
        return "time >= " + Where.literal(earlier) + " AND time < " + Where.literal(later(to));
    }

    private static Instant later(Instant to) {
        return to.isBefore(Where.NEVER) ? to.plus(AFTER) : to;
    }
}
