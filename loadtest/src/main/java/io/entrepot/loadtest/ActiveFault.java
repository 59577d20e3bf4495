package io.entrepot.loadtest;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** An injection in effect on a {@link FakeRegistry}. */
public final class ActiveFault {

    private final Injection injection;
    private final Runnable removal;
    private final AtomicInteger matched = new AtomicInteger();

    ActiveFault(Injection injection, Consumer<ActiveFault> removal) {
        this.injection = injection;
        this.removal = () -> removal.accept(this);
    }

    /** How many requests it has hit. */
    public int hits() {
        int beyondSkipped = Math.max(0, matched.get() - injection.skipped());
        return Math.min(injection.times(), beyondSkipped);
    }

    /** Ends it. */
    public void remove() {
        removal.run();
    }

    Injection injection() {
        return injection;
    }

    /** Counts this request if it matches, and says whether the fault hits it. */
    boolean hit(Request request) {
        if (!injection.matches(request)) {
            return false;
        }
        int index = matched.getAndIncrement() - injection.skipped();
        return index >= 0 && index < injection.times();
    }
}
