package io.entrepot.server.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.oci.Registry;
import io.entrepot.server.upstream.UpstreamException;
import io.entrepot.server.upstream.UpstreamException.Kind;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How many wait for an upstream. */
class BulkheadTest {

    private static final Registry HUB = Registry.DOCKER_HUB;
    private static final Registry QUAY = new Registry("quay.io");

    private final Bulkhead bulkhead = new Bulkhead(2);

    @Test
    void letsSoManyWaitForOneUpstreamAndNobodyBeyond() {
        AtomicInteger asked = new AtomicInteger();
        CompletableFuture<String> first = new CompletableFuture<>();
        CompletableFuture<String> answer = bulkhead.await(HUB, () -> first);
        bulkhead.await(HUB, CompletableFuture<String>::new);

        assertThatThrownBy(() -> bulkhead.await(HUB, () -> CompletableFuture.completedFuture(asked.incrementAndGet()))
                        .join())
                .isInstanceOf(CompletionException.class)
                .cause()
                .hasMessage("docker.io: 2 requests wait for it already")
                .extracting(failure -> ((UpstreamException) failure).kind())
                .isEqualTo(Kind.BUSY);
        assertThat(asked).hasValue(0);
        assertThat(bulkhead.waiting()).isEqualTo(2);

        first.complete("here");
        assertThat(answer).isCompletedWithValue("here");
        assertThat(bulkhead.await(HUB, () -> CompletableFuture.completedFuture("next")))
                .isCompletedWithValue("next");
    }

    @Test
    void letsOthersWaitForAnother() {
        bulkhead.await(HUB, CompletableFuture<String>::new);
        bulkhead.await(HUB, CompletableFuture<String>::new);

        assertThat(bulkhead.await(QUAY, () -> CompletableFuture.completedFuture("here")))
                .isCompletedWithValue("here");
    }

    @Test
    void forgetsThoseWhoFailed() {
        for (int i = 0; i < 10; i++) {
            bulkhead.await(HUB, () -> CompletableFuture.failedFuture(new UpstreamException(Kind.CUT, "cut")));
            assertThatThrownBy(() -> bulkhead.await(HUB, () -> {
                        throw new IllegalStateException("a defect");
                    }))
                    .hasMessage("a defect");
        }

        assertThat(bulkhead.waiting()).isZero();
    }
}
