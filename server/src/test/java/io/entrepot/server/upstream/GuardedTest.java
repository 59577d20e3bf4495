package io.entrepot.server.upstream;

import static io.entrepot.server.upstream.Bench.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.server.upstream.UpstreamException.Kind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class GuardedTest {

    private final AtomicLong now = new AtomicLong();

    @Test
    void leavesTheProbeToTheNextWhereAQuestionCannotEvenBePut() {
        try (FakeRegistry registry = FakeRegistry.start();
                Bench bench = Bench.at(registry.url())) {
            Guarded guarded = new Guarded(bench.upstream, asked -> {}, now::get);
            registry.stop();
            for (int i = 0; i < Breaker.FAILURES; i++) {
                failure(guarded.ask(Guarded.Elsewhere.COUNTS, RegistryUpstream::ping));
            }
            now.addAndGet(Breaker.FIRST_PAUSE.toNanos());

            UpstreamException why = failure(guarded.ask(Guarded.Elsewhere.COUNTS, GuardedTest::broken));

            assertThat(why).hasMessage("registry.test: the request failed for a reason of our own");
            assertThat(failure(guarded.ask(Guarded.Elsewhere.COUNTS, RegistryUpstream::ping))
                            .kind())
                    .as("the next one finds out")
                    .isEqualTo(Kind.UNREACHABLE);
        }
    }

    @Test
    void isPassedOverForTheNextWhereAQuestionThrows() {
        try (FakeRegistry registry = FakeRegistry.start();
                Bench bench = Bench.at(registry.url())) {
            Guarded one = new Guarded(bench.upstream, asked -> {}, now::get);
            Guarded other = new Guarded(bench.upstream, asked -> {}, now::get);
            UpstreamException late = new UpstreamException(Kind.TIMEOUT, "late", Duration.ZERO);

            CompletableFuture<String> answer = new Asking<String>(
                            List.of(one, other),
                            each -> {
                                if (each == one) {
                                    throw late;
                                }
                                return CompletableFuture.completedFuture("here");
                            },
                            false,
                            () -> {})
                    .next();

            assertThat(answer).isCompletedWithValue("here");
        }
    }

    private static CompletableFuture<Void> broken(RegistryUpstream endpoint) {
        throw new IllegalStateException("a question that cannot be put");
    }
}
