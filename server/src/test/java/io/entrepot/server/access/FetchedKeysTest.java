package io.entrepot.server.access;

import static io.entrepot.server.access.TestIssuer.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.oci.RegistryException.Unavailable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Keys from an address: asked for seldom, by one at a time, and kept while nobody answers. */
class FetchedKeysTest {

    private final AtomicLong nanos = new AtomicLong(1);
    private final Deque<CompletableFuture<byte[]>> asked = new ArrayDeque<>();
    private final FetchedKeys keys = new FetchedKeys("issuer", this::ask, nanos::get);

    @Test
    void manyWhoAskWaitForOneAnswer() {
        CompletableFuture<List<Jwk>> first = keys.keys("r");
        CompletableFuture<List<Jwk>> second = keys.keys("r");
        answer(TestIssuer.rsa("r"));

        assertThat(first.join()).isEqualTo(second.join()).hasSize(1);
        assertThat(asked).isEmpty();
    }

    @Test
    void whatIsKnownIsNotAskedForAgain() {
        fetched("r");

        assertThat(keys.keys("r").join()).hasSize(1);
        assertThat(asked).isEmpty();
    }

    @Test
    void anUnknownKeyIsLookedForOnceInHalfAMinute() {
        fetched("r");
        pass(Duration.ofSeconds(31));
        CompletableFuture<List<Jwk>> rotated = keys.keys("new");
        answer(TestIssuer.rsa("new"));

        assertThat(rotated.join()).extracting(Jwk::kid).containsExactly("new");
        assertThat(keys.keys("invented").join()).extracting(Jwk::kid).containsExactly("new");
        assertThat(keys.keys("another").join()).hasSize(1);
        assertThat(asked).isEmpty();
    }

    @Test
    void olderOnesAreTakenWhileNewOnesAreFetched() {
        fetched("r");
        pass(Duration.ofMinutes(11));

        assertThat(keys.keys("r")).isCompleted();
        assertThat(asked).hasSize(1);
    }

    @Test
    void oldOnesHoldForADayWhileNobodyAnswers() {
        fetched("r");
        pass(Duration.ofHours(23));
        assertThat(keys.keys("r").join()).hasSize(1);
        asked.remove().completeExceptionally(new IOException("unreachable"));

        assertThat(keys.keys("r").join()).hasSize(1);
        pass(Duration.ofHours(2));
        CompletableFuture<List<Jwk>> late = keys.keys("r");
        asked.remove().completeExceptionally(new IOException("unreachable"));

        assertThatThrownBy(late::join).hasCauseInstanceOf(Unavailable.class);
    }

    @Test
    void whatIsNoSetOfKeysReplacesNothing() {
        fetched("r");
        pass(Duration.ofMinutes(11));
        keys.keys("r");
        asked.remove().complete(utf8("<html>"));

        assertThat(keys.keys("r").join()).hasSize(1);
    }

    @Test
    void withoutAnyItIsAQuestionForLater() {
        CompletableFuture<List<Jwk>> first = keys.keys("r");
        asked.remove().completeExceptionally(new IOException("unreachable"));

        assertThatThrownBy(first::join).hasCauseInstanceOf(Unavailable.class);
        assertThatThrownBy(() -> keys.keys("r").join()).hasCauseInstanceOf(Unavailable.class);
        assertThat(asked).isEmpty();
        pass(Duration.ofSeconds(3));
        keys.keys("r");
        assertThat(asked).hasSize(1);
    }

    private CompletableFuture<byte[]> ask() {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        asked.add(answer);
        return answer;
    }

    private void fetched(String kid) {
        keys.keys(kid);
        answer(TestIssuer.rsa(kid));
    }

    private void answer(String key) {
        asked.remove().complete(utf8("{\"keys\":[" + key + "]}"));
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
