package io.entrepot.server.audit.query.duck;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/**
 * The statement that makes pulls of records ({@code pulls.sql}), for those that began in a time. By what a pull is, records from two
 * hours before that to three hours after the end of its last day say all of them.
 */
final class PullTable {

    static final Duration DAY = Duration.ofDays(1);

    /** A transfer that belongs to a request ends at most so much later. */
    private static final Duration TRANSFER = Duration.ofHours(2);

    /** On the day after, requests go on for so long. */
    private static final Duration REQUESTS = Duration.ofHours(1);

    /** Behind the end of a day, records that can belong to its pulls. */
    static final Duration AFTER = REQUESTS.plus(TRANSFER);

    private PullTable() {}

    /**
     * @param table of records
     * @param from the beginning of a day
     * @param who a condition that holds for all records of a pull or for none
     * @param what the same, with columns that requests and transfers have
     */
    static String sql(String table, Instant from, Instant to, String who, String what) throws IOException {
        Instant end = endOfDay(to);
        String of = who + " AND " + what + " AND ";
        String pulls = Template.filled(
                Report.resource("pulls.sql"),
                Map.of(
                        "records",
                        table,
                        "around",
                        of + time(before(from), after(end, REQUESTS)),
                        "sent",
                        of + time(from, after(end, AFTER)),
                        "own",
                        time(from, end)));
        return "SELECT * FROM (" + pulls + ") WHERE " + began(from, to);
    }

    private static String began(Instant from, Instant to) {
        return "began >= " + Where.literal(from) + " AND began < " + Where.literal(to);
    }

    /** Of the records that pulls of a time are made of: when they are. */
    static String near(Instant from, Instant to) {
        return time(before(from), after(endOfDay(to), AFTER));
    }

    private static String time(Instant from, Instant to) {
        return "time >= " + Where.literal(from) + " AND time < " + Where.literal(to);
    }

    private static Instant before(Instant from) {
        return from.equals(Instant.EPOCH) ? from : from.minus(TRANSFER);
    }

    private static Instant endOfDay(Instant to) {
        Instant day = to.truncatedTo(ChronoUnit.DAYS);
        return day.equals(to) || !to.isBefore(Where.NEVER) ? to : day.plus(DAY);
    }

    private static Instant after(Instant to, Duration more) {
        return to.isBefore(Where.NEVER) ? to.plus(more) : to;
    }
}
