package io.entrepot.server.http;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;

/** How many places each client's address takes, of a number that is the same for all. Safe for any thread. */
final class Occupancy {

    private final int most;
    private final ConcurrentHashMap<InetAddress, Integer> taken = new ConcurrentHashMap<>();

    Occupancy(int most) {
        this.most = most;
    }

    /** Takes a place; false if this address has none left. */
    boolean enter(InetAddress address) {
        boolean[] entered = new boolean[1];
        taken.compute(address, (same, count) -> {
            int before = count == null ? 0 : count;
            entered[0] = before < most;
            return entered[0] ? before + 1 : before;
        });
        return entered[0];
    }

    /** Gives a place back that was taken. */
    void leave(InetAddress address) {
        taken.computeIfPresent(address, (same, count) -> count == 1 ? null : count - 1);
    }
}
