package io.entrepot.server.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** Threads run when the test says so. */
class LaneTest {

    private final Deque<Runnable> threads = new ArrayDeque<>();
    private final List<String> ran = new ArrayList<>();

    @Test
    void takesNoMoreThreadsThanItMay() {
        Lane lane = new Lane(threads::add, 2, 10);
        for (String each : List.of("a", "b", "c", "d")) {
            lane.execute(() -> ran.add(each));
        }

        assertThat(threads).hasSize(2);
        threads.remove().run();
        assertThat(ran).containsExactly("a", "c", "d");
        threads.remove().run();
        assertThat(ran).containsExactly("a", "c", "d", "b");
        lane.execute(() -> ran.add("e"));
        assertThat(threads).hasSize(1);
    }

    @Test
    void refusesWhatWouldWaitBehindTooMany() {
        Lane lane = new Lane(threads::add, 1, 1);
        lane.execute(() -> {});
        lane.execute(() -> {});

        assertThatThrownBy(() -> lane.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void isAsFreeAsBeforeWhereThereIsNoThread() {
        List<Boolean> full = new ArrayList<>(List.of(true));
        Lane lane = new Lane(
                task -> {
                    if (!full.isEmpty()) {
                        throw new RejectedExecutionException();
                    }
                    threads.add(task);
                },
                1,
                0);
        assertThatThrownBy(() -> lane.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        full.clear();

        lane.execute(() -> ran.add("a"));
        threads.remove().run();

        assertThat(ran).containsExactly("a");
    }
}
