package io.entrepot.server.upstream;

import com.github.benmanes.caffeine.cache.Ticker;
import io.entrepot.config.RateLimits.Pace;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets requests go to one upstream at its pace: a bucket of {@code burst} tokens that fills by {@code rate} a second, and so
 * many under way at a time. Who must wait does so in a lane of their own; the lanes take turns, so that one client's
 * thousand requests do not stand before another's first. Waiting is bounded, in time and in number; who comes when that is
 * reached takes the place of the last in the longest lane, unless their own is as long.
 */
final class Pacer {

    private static final int MOST_WAITING = 2_000;

    private final Pace pace;
    private final Ticker ticker;
    private final Timer timer;

    // guarded by this
    private final Map<String, Deque<Waiting>> lanes = new LinkedHashMap<>();
    private double tokens;
    private long filledAt;
    private int underWay;
    private int waiting;
    private boolean awaitsToken;
    private boolean passing;

    /** Runs something later, on a thread of its own. */
    @FunctionalInterface
    interface Timer {
        void after(Duration time, Runnable work);

        Timer SYSTEM = (time, work) -> CompletableFuture.delayedExecutor(time.toNanos(), TimeUnit.NANOSECONDS)
                .execute(work);
    }

    /** True once it may go; false if it waited too long. */
    private record Waiting(String lane, CompletableFuture<Boolean> turn) {}

    Pacer(Pace pace, Ticker ticker, Timer timer) {
        this.pace = pace;
        this.ticker = ticker;
        this.timer = timer;
        this.tokens = pace.burst();
        this.filledAt = ticker.read();
    }

    /** Completes with true when a request may be sent, after which {@link #leave} must follow; with false if it may not. */
    CompletableFuture<Boolean> enter(String lane) {
        Waiting mine = new Waiting(lane, new CompletableFuture<>());
        Waiting turnedAway = stand(mine);
        if (turnedAway != null) {
            turnedAway.turn.complete(false);
        }
        pass();
        if (!mine.turn.isDone()) {
            timer.after(pace.patience(), () -> giveUp(mine));
        }
        return mine.turn;
    }

    /** Puts it into its lane; gives back who has no place for it, which may be itself. */
    private synchronized @Nullable Waiting stand(Waiting mine) {
        Deque<Waiting> own = lanes.computeIfAbsent(mine.lane, name -> new ArrayDeque<>());
        own.add(mine);
        waiting++;
        if (waiting <= MOST_WAITING) {
            return null;
        }
        Deque<Waiting> longest = own;
        for (Deque<Waiting> lane : lanes.values()) {
            longest = lane.size() > longest.size() ? lane : longest;
        }
        waiting--;
        Waiting last = longest.removeLast();
        if (own.isEmpty()) {
            lanes.remove(mine.lane);
        }
        return last;
    }

    /** The head of an answer came, or none will. */
    void leave() {
        synchronized (this) {
            underWay--;
        }
        pass();
    }

    /** How many wait for their turn. */
    synchronized int waiting() {
        return waiting;
    }

    /** One thread at a time lets go whoever may: what goes may end at once, and come back here. */
    private void pass() {
        List<Waiting> ready = beginning();
        while (!ready.isEmpty()) {
            ready.forEach(each -> each.turn.complete(true));
            ready = going();
        }
    }

    private synchronized List<Waiting> beginning() {
        if (passing) {
            return List.of();
        }
        passing = true;
        return going();
    }

    private synchronized List<Waiting> going() {
        List<Waiting> ready = ready();
        passing = !ready.isEmpty();
        return ready;
    }

    private void giveUp(Waiting late) {
        boolean waited;
        synchronized (this) {
            Deque<Waiting> lane = lanes.get(late.lane);
            waited = lane != null && lane.remove(late);
            if (waited) {
                waiting--;
            }
            if (lane != null && lane.isEmpty()) {
                lanes.remove(late.lane);
            }
        }
        if (waited) {
            late.turn.complete(false);
        }
    }

    /** Takes out those whose turn it is, one of each lane in its turn. */
    private List<Waiting> ready() {
        fill();
        List<Waiting> ready = new ArrayList<>();
        while (waiting > 0 && underWay < pace.atOnce() && (pace.rate() == 0 || tokens >= 1)) {
            Waiting next = next();
            ready.add(next);
            tokens -= pace.rate() == 0 ? 0 : 1;
            underWay++;
            waiting--;
        }
        if (waiting > 0 && underWay < pace.atOnce() && !awaitsToken) {
            awaitsToken = true;
            timer.after(untilToken(), this::tokenCame);
        }
        return ready;
    }

    private Waiting next() {
        Iterator<Map.Entry<String, Deque<Waiting>>> first = lanes.entrySet().iterator();
        Map.Entry<String, Deque<Waiting>> lane = first.next();
        Waiting next = lane.getValue().remove();
        first.remove();
        if (!lane.getValue().isEmpty()) {
            lanes.put(lane.getKey(), lane.getValue());
        }
        return next;
    }

    private void tokenCame() {
        synchronized (this) {
            awaitsToken = false;
        }
        pass();
    }

    private void fill() {
        long now = ticker.read();
        tokens = Math.min(pace.burst(), tokens + (now - filledAt) / 1e9 * pace.rate());
        filledAt = now;
    }

    private Duration untilToken() {
        return Duration.ofNanos((long) Math.ceil((1 - tokens) / pace.rate() * 1e9) + 1);
    }
}
