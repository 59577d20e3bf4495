package io.entrepot.loadtest;

import java.util.concurrent.TimeUnit;

/** Holds a stream of bytes to a rate; shared by several streams, it holds their sum. */
final class Pacer {

    private static final double SECOND = TimeUnit.SECONDS.toNanos(1);

    private final long bytesPerSecond;
    private long freeAt = Long.MIN_VALUE; // on the clock of nanoTime; guarded by this

    Pacer(long bytesPerSecond) {
        this.bytesPerSecond = bytesPerSecond;
    }

    /** The most bytes to write in one go, so that a slow stream is a steady one. */
    int step() {
        return (int) Math.max(1, Math.min(64 * 1024, bytesPerSecond / 20));
    }

    /** Waits for as long as these bytes take. */
    void take(int bytes) throws InterruptedException {
        if (bytesPerSecond == Long.MAX_VALUE) {
            return;
        }
        long wait = reserve(bytes, System.nanoTime());
        if (wait > 0) {
            TimeUnit.NANOSECONDS.sleep(wait);
        }
    }

    /** Takes its turn in the stream, and returns how many nanoseconds from now that turn ends. */
    synchronized long reserve(int bytes, long now) {
        freeAt = Math.max(freeAt, now) + (long) (bytes * SECOND / bytesPerSecond);
        return freeAt - now;
    }
}
