package io.entrepot.server.http;

/**
 * Finds the client that reads, but so slowly that it is no reader: fewer bytes a second than the least, as the mean of a
 * whole window of time in which there was something to read. Time in which it waits for us does not count.
 */
final class ReadRate {

    private final long leastPerSecond;
    private final long window;
    private boolean counting;
    private long from;
    private long spent;
    private long base;

    /** The window in nanoseconds. */
    ReadRate(long leastPerSecond, long window) {
        this.leastPerSecond = leastPerSecond;
        this.window = window;
    }

    /** There is something to read from now on. */
    void resume(long now) {
        if (!counting) {
            counting = true;
            from = now;
        }
    }

    /** The client waits for us from now on. */
    void pause(long now) {
        if (counting) {
            counting = false;
            spent += now - from;
        }
    }

    /**
     * Begins a window.
     *
     * @param read bytes up to now, of the connection's life
     */
    void restart(long read) {
        counting = false;
        spent = 0;
        base = read;
    }

    /** Nanoseconds of reading until the window can be judged. */
    long left(long now) {
        return leastPerSecond == 0 ? Long.MAX_VALUE : window - spent(now);
    }

    /**
     * Judges the window if it is over, and begins the next.
     *
     * @param read as above
     */
    boolean tooSlow(long now, long read) {
        long time = spent(now);
        if (leastPerSecond == 0 || time < window) {
            return false;
        }
        boolean slow = (read - base) * 1e9 < (double) leastPerSecond * time;
        spent = 0;
        from = now;
        base = read;
        return slow;
    }

    private long spent(long now) {
        return counting ? spent + now - from : spent;
    }
}
