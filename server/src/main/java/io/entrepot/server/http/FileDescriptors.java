package io.entrepot.server.http;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import io.entrepot.config.MirrorConfig.Limits;
import java.lang.management.ManagementFactory;
import java.util.function.LongSupplier;

/**
 * How near the process is to the end of its file descriptors. Counting them means reading a directory, so that is done now
 * and then ({@link #sample}), off the event loops; between two counts what clients have opened since is added.
 *
 * <pre>
 *   0 ───────── accept pauses ─────────── requests are refused ─────────── most
 *               90 %, or reserve before the end          half of the reserve left
 * </pre>
 */
public final class FileDescriptors {

    private final long most;
    private final long pauseAt;
    private final long refuseAt;
    private final LongSupplier count;
    private volatile long counted;
    private volatile long clientsThen;

    /**
     * @param most file descriptors that the process may have
     * @param percent of them, from which on no connection is accepted
     * @param reserve of them are for other things than clients; not more than half of all
     * @param count how many are open; may block
     */
    FileDescriptors(long most, int percent, int reserve, LongSupplier count) {
        this.most = most;
        long kept = Math.min(reserve, most / 2);
        this.pauseAt = Math.min(most * percent / 100, most - kept);
        this.refuseAt = most - kept / 2;
        this.count = count;
    }

    /** Those of this process; without end where the system does not say how many there are. */
    public static FileDescriptors ofProcess(Limits limits) {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return system instanceof UnixOperatingSystemMXBean unix
                ? new FileDescriptors(
                        unix.getMaxFileDescriptorCount(),
                        limits.openFiles(),
                        limits.reservedFiles(),
                        unix::getOpenFileDescriptorCount)
                : endless();
    }

    static FileDescriptors endless() {
        return new FileDescriptors(Long.MAX_VALUE / 200, 100, 0, () -> 0);
    }

    /**
     * Counts. Blocks for a moment.
     *
     * @param clients connections of clients, and files that they read, at this moment
     */
    void sample(long clients) {
        clientsThen = clients;
        counted = counted();
    }

    /** To count them takes one; if there is none left, all are open. */
    private long counted() {
        try {
            return count.getAsLong();
        } catch (InternalError e) {
            return most;
        }
    }

    /**
     * Whether nothing more is to be accepted.
     *
     * @param clients as above, now
     */
    boolean isFull(long clients) {
        return open(clients) >= pauseAt;
    }

    /** Whether there is so much room again that accepting is worth while. */
    boolean isRoomy(long clients) {
        return open(clients) < pauseAt - pauseAt / 50;
    }

    /** Whether no request may open another one. */
    boolean isSpent(long clients) {
        return open(clients) >= refuseAt;
    }

    private long open(long clients) {
        return counted + Math.max(0, clients - clientsThen);
    }
}
