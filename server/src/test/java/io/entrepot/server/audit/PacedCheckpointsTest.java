package io.entrepot.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.server.audit.tlog.SignedCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How often a place gets checkpoints that has them counted. */
@Timeout(60)
class PacedCheckpointsTest {

    private static final Duration NEVER = Duration.ofDays(1);

    private final List<Long> got = new ArrayList<>();

    private SignedCheckpoint signed(Path dir) throws IOException {
        KeptLog.Settings settings = new KeptLog.Settings(
                dir.resolve("audit"),
                dir.resolve("keys/audit.key"),
                "audit.example/test",
                true,
                1 << 20,
                Long.MAX_VALUE,
                Duration.ZERO,
                false);
        try (KeptLog kept = KeptLog.open(settings)) {
            kept.start(new AuditLog(kept, () -> Runnable::run, Naming.PLAIN, false));
            return kept.checkpoint().join();
        }
    }

    private CompletableFuture<Void> take(SignedCheckpoint checkpoint) {
        got.add(checkpoint.head().size());
        return CompletableFuture.completedFuture(null);
    }

    @Test
    void oneIsUnderWayUntilItsTimeIsOverAndTheLastGoesAtOnce(@TempDir Path dir) throws Exception {
        SignedCheckpoint checkpoint = signed(dir);
        PacedCheckpoints paced = new PacedCheckpoints(this::take, NEVER);

        CompletableFuture<Void> first = paced.publish(checkpoint);
        assertThat(got).hasSize(1);
        assertThat(first).isNotDone();
        paced.close();
        assertThat(first).isCompleted();
        assertThat(paced.publish(checkpoint)).isCompleted();
        assertThat(got).hasSize(2);
    }

    @Test
    void itsTimeIsOverByItself(@TempDir Path dir) throws Exception {
        PacedCheckpoints paced = new PacedCheckpoints(this::take, Duration.ofMillis(1));

        paced.publish(signed(dir)).join();
        assertThat(got).hasSize(1);
    }

    @Test
    void aFailureIsOneAndNoReasonToHurry(@TempDir Path dir) throws Exception {
        PacedCheckpoints paced =
                new PacedCheckpoints(any -> CompletableFuture.failedFuture(new IOException("away")), NEVER);

        CompletableFuture<Void> first = paced.publish(signed(dir));
        assertThat(first).isNotDone();
        paced.close();
        assertThat(first).isCompletedExceptionally();
    }
}
