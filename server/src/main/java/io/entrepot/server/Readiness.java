package io.entrepot.server;

import java.util.List;

/** Whether clients should come. */
final class Readiness {

    private volatile String obstacle = "starting";

    void serving() {
        obstacle = "";
    }

    void drain() {
        obstacle = "draining";
    }

    /** Why not, in words; empty if they should. */
    List<String> obstacles() {
        String now = obstacle;
        return now.isEmpty() ? List.of() : List.of(now);
    }
}
