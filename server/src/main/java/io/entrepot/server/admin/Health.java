package io.entrepot.server.admin;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** Whether the process works, and whether clients should be sent here. What happens upstream counts for neither. */
public final class Health {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final LoopWatch loops;
    private final Duration patience;
    private final Supplier<List<String>> obstacles;

    /** @param obstacles why no client should come now, in words; empty if they may */
    public Health(LoopWatch loops, Supplier<List<String>> obstacles) {
        this(loops, PATIENCE, obstacles);
    }

    Health(LoopWatch loops, Duration patience, Supplier<List<String>> obstacles) {
        this.loops = loops;
        this.patience = patience;
        this.obstacles = obstacles;
    }

    Reply live() {
        return loops.alive(patience)
                ? Reply.text(200, "ok\n")
                : Reply.text(503, "an event loop has not answered for " + patience.toMillis() + " ms\n");
    }

    Reply ready() {
        List<String> reasons = obstacles.get();
        return reasons.isEmpty() ? Reply.text(200, "ok\n") : Reply.text(503, String.join("\n", reasons) + "\n");
    }
}
