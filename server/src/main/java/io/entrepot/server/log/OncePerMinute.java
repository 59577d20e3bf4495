package io.entrepot.server.log;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Lets one of each kind pass in a minute, and counts those that it holds back. It remembers a hundred kinds; what comes
 * beyond them is one kind together.
 */
public final class OncePerMinute {

    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
    private static final int MOST = 100;
    private static final String OTHERS = "";

    private final LongSupplier nanos;
    private final Map<String, Turn> turns = new HashMap<>(); // under this

    public OncePerMinute(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** How many of this kind were held back since the last that passed; empty if this one is held back, too. */
    public synchronized OptionalLong pass(String kind) {
        long now = nanos.getAsLong();
        Turn turn = turn(kind, now);
        if (turn.isOver(now)) {
            turn.begin(now);
            return OptionalLong.of(turn.heldBack());
        }
        turn.heldBack++;
        return OptionalLong.empty();
    }

    private Turn turn(String kind, long now) {
        if (!turns.containsKey(kind) && turns.size() >= MOST) {
            turns.values().removeIf(turn -> turn.isOver(now));
        }
        boolean room = turns.containsKey(kind) || turns.size() < MOST;
        return turns.computeIfAbsent(room ? kind : OTHERS, any -> new Turn(now - MINUTE));
    }

    /** The minute after one that passed. */
    private static final class Turn {

        private long began;
        private long heldBack;

        Turn(long began) {
            this.began = began;
        }

        boolean isOver(long now) {
            return now - began >= MINUTE;
        }

        void begin(long now) {
            began = now;
        }

        /** Those since the last time that this was asked. */
        long heldBack() {
            long before = heldBack;
            heldBack = 0;
            return before;
        }
    }
}
