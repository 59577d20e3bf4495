package io.entrepot.server.audit;

import io.entrepot.server.audit.export.Exporter;
import java.io.Closeable;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;

/**
 * The sinks that follow a log, and how far behind each may fall. One that is down keeps nobody from anything until so many
 * records wait for it, or the log is full of what it does not have. Then the operator's choice holds: nothing is decided until
 * it has taken a tenth of them, or everything goes on and old records go unsent. Either way the log says so.
 */
final class Followers implements Closeable {

    private final Notices notices;
    private final boolean degrade;
    private final InstantSource clock;
    private final List<Follower> all = new CopyOnWriteArrayList<>();
    private Instant heldSince = Instant.MAX; // under this
    private volatile Optional<String> held = Optional.empty();
    private volatile long fullBelow;
    private volatile LongSupplier derived = () -> Long.MAX_VALUE;

    private static final class Follower {

        private final Exporter exporter;
        private final long limit;
        private boolean overdue; // under the followers
        private long owed; // under the followers

        Follower(Exporter exporter, long limit) {
            this.exporter = exporter;
            this.limit = limit;
        }

        long enough() {
            return overdue ? limit - limit / 10 : limit;
        }

        String reason() {
            return "audit sink " + exporter.name() + " is " + owed + " records behind (limit: " + limit + ")";
        }
    }

    /** @param degrade whether everything goes on while one is overdue */
    Followers(Notices notices, boolean degrade, InstantSource clock) {
        this.notices = notices;
        this.degrade = degrade;
        this.clock = clock;
    }

    /** @param limit so many records may wait for it */
    void add(Exporter exporter, long limit) {
        all.add(new Follower(exporter, limit));
    }

    List<Exporter> exporters() {
        return all.stream().map(follower -> follower.exporter).toList();
    }

    /** What is derived from records below this has gone where it goes: whoever prunes for age waits for that too. */
    void derived(LongSupplier below) {
        derived = below;
    }

    /** Whether each has all records below this. */
    boolean have(long below) {
        return derived.getAsLong() >= below && all.stream().allMatch(follower -> follower.exporter.next() >= below);
    }

    /** Whether records below this must stay for one of them, however little room there is. */
    boolean claim(long below) {
        return !degrade && owing(below).isPresent();
    }

    private Optional<Exporter> owing(long below) {
        return exporters().stream().filter(exporter -> exporter.isOwed(below)).findFirst();
    }

    /** There is no room for more before records below this went; 0: there is. */
    void full(long below) {
        fullBelow = below;
        look();
    }

    /** Every second. */
    synchronized void look() {
        all.forEach(this::look);
        Optional<String> reason = degrade ? Optional.empty() : reason();
        if (reason.isPresent() && held.isEmpty()) {
            heldSince = clock.instant();
        } else if (reason.isEmpty() && held.isPresent()) {
            notices.wentOn(heldSince, clock.instant(), held.get());
        }
        held = reason;
    }

    private void look(Follower follower) {
        long owed = follower.exporter.owed();
        follower.owed = owed;
        boolean overdue = owed >= follower.enough();
        if (overdue && !follower.overdue) {
            notices.behind(follower.exporter.name(), owed, follower.limit, degrade ? "degrade" : "refuse");
        } else if (!overdue && follower.overdue) {
            notices.caughtUp(follower.exporter.name(), owed);
        }
        follower.overdue = overdue;
    }

    private Optional<String> reason() {
        Optional<String> overdue = all.stream()
                .filter(follower -> follower.overdue)
                .map(Follower::reason)
                .findFirst();
        return overdue.isPresent()
                ? overdue
                : owing(fullBelow)
                        .map(sink -> "the audit log is full of records that sink " + sink.name() + " does not have");
    }

    /** Why nothing is decided now: for whom the log waits. */
    Optional<String> held() {
        return held;
    }

    /** So many are overdue. */
    synchronized long overdue() {
        return all.stream().filter(follower -> follower.overdue).count();
    }

    @Override
    public void close() throws IOException {
        for (Follower follower : all) {
            follower.exporter.close();
        }
    }
}
