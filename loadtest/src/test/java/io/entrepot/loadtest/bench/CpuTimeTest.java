package io.entrepot.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.Await;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class CpuTimeTest {

    @Test
    void readsUserAndSystemTimeBehindANameWithSpacesAndParentheses() {
        String stat = "42 (a) b (c) S 1 42 42 0 -1 4194560 1 2 3 4 150 75 0 0 20 0 1 0 9 9 9";

        assertThat(CpuTime.parse(stat)).isEqualTo(2.25);
    }

    @Test
    void growsWithTheWorkOfAProcess() {
        double before = CpuTime.seconds(ProcessHandle.current());

        Await.until(
                "0.05 s of CPU time are used by waiting busily",
                () -> CpuTime.seconds(ProcessHandle.current()) >= before + 0.05);
    }

    @Test
    void countsThreadsByTheBeginningOfTheirNames() throws Exception {
        AtomicBoolean ends = new AtomicBoolean();
        Thread busy = new Thread(
                () -> {
                    while (!ends.get()) {
                        Thread.onSpinWait();
                    }
                },
                "busy-1-1");
        busy.start();
        try {
            long self = ProcessHandle.current().pid();

            Await.until("0.05 s of CPU time are used by that thread", () -> CpuTime.ofThreads(self, "busy-") >= 0.05);
            assertThat(CpuTime.ofThreads(self, "nobody-")).isZero();
        } finally {
            ends.set(true);
            busy.join();
        }
    }
}
