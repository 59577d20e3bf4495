package io.entrepot.loadtest;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A place where answers of a {@link FakeRegistry} wait until a test lets them go on. */
public final class Gate {

    private final String pathPart;
    private final long at;
    private final CountDownLatch open = new CountDownLatch(1);
    private final AtomicInteger waiting = new AtomicInteger();

    Gate(String pathPart, long at) {
        this.pathPart = pathPart;
        this.at = at;
    }

    /** Lets all that wait go on, and holds nobody from now on. */
    public void release() {
        open.countDown();
    }

    /** How many answers are waiting here now. */
    public int waiting() {
        return waiting.get();
    }

    /** Waits until this many answers wait here. */
    public void awaitWaiting(int n) {
        Await.until(n + " answers wait at byte " + at + " of *" + pathPart + "*", () -> waiting() >= n);
    }

    boolean holds(Request request) {
        return open.getCount() > 0 && !request.isHead() && request.path().contains(pathPart);
    }

    long at() {
        return at;
    }

    void pass() throws InterruptedException {
        waiting.incrementAndGet();
        try {
            open.await();
        } finally {
            waiting.decrementAndGet();
        }
    }
}
