package io.entrepot.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Time passes when a test says so, and fetches end when a test ends them. */
class RenewedTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private final AtomicLong now = new AtomicLong();
    private final List<CompletableFuture<Lease<String>>> fetches = new ArrayList<>();
    private final Deque<Lease<String>> ready = new ArrayDeque<>();
    private final Renewed<String> renewed = new Renewed<>(this::fetch, now::get);

    private CompletableFuture<Lease<String>> fetch() {
        CompletableFuture<Lease<String>> fetch = new CompletableFuture<>();
        fetches.add(fetch);
        if (!ready.isEmpty()) {
            fetch.complete(ready.remove());
        }
        return fetch;
    }

    @Test
    void fetchesNothingUntilItIsAsked() {
        assertThat(fetches).isEmpty();
    }

    @Test
    void fetchesOnceForAllWhoAskMeanwhile() {
        CompletableFuture<String> one = renewed.get();
        CompletableFuture<String> other = renewed.get();

        fetches.get(0).complete(new Lease<>("a", HOUR));

        assertThat(one).isCompletedWithValue("a");
        assertThat(other).isCompletedWithValue("a");
        assertThat(renewed.get()).isCompletedWithValue("a");
        assertThat(fetches).hasSize(1);
    }

    @Test
    void oneWhoGivesUpTakesNothingFromTheOthers() {
        CompletableFuture<String> one = renewed.get();
        CompletableFuture<String> other = renewed.get();
        one.cancel(false);

        fetches.get(0).complete(new Lease<>("a", HOUR));

        assertThat(other).isCompletedWithValue("a");
    }

    @Test
    void renewsBehindThoseWhoAskOnceThreeQuartersAreOver() {
        hold("a", HOUR);
        pass(Duration.ofMinutes(44));
        assertThat(renewed.get()).isCompletedWithValue("a");
        assertThat(fetches).hasSize(1);

        pass(Duration.ofMinutes(1));
        assertThat(renewed.get()).isCompletedWithValue("a");
        assertThat(renewed.get()).isCompletedWithValue("a");
        assertThat(fetches).hasSize(2);

        fetches.get(1).complete(new Lease<>("b", HOUR));
        assertThat(renewed.get()).isCompletedWithValue("b");
    }

    @Test
    void keepsWhatItHasWhereItCannotBeRenewed() {
        hold("a", HOUR);
        pass(Duration.ofMinutes(50));
        renewed.get();
        fetches.get(1).completeExceptionally(new IllegalStateException("down"));

        assertThat(renewed.get()).isCompletedWithValue("a");
        assertThat(fetches).hasSize(2);

        pass(Renewed.FAILURE_KEPT);
        assertThat(renewed.get()).isCompletedWithValue("a");
        assertThat(fetches).hasSize(3);
    }

    @Test
    void givesNothingOutInTheLastMinute() {
        hold("a", HOUR);
        pass(Duration.ofMinutes(59));

        assertThat(renewed.get()).isNotDone();
        assertThat(fetches).hasSize(2);
    }

    @Test
    void remembersAFailureForSecondsAndNoLonger() {
        renewed.get();
        fetches.get(0).completeExceptionally(new IllegalStateException("down"));

        assertThat(renewed.get()).isCompletedExceptionally();
        assertThat(fetches).hasSize(1);

        pass(Renewed.FAILURE_KEPT);
        ready.add(new Lease<>("a", HOUR));
        assertThat(renewed.get()).isCompletedWithValue("a");
    }

    @Test
    void aSourceThatThrowsHasFailed() {
        Renewed<String> throwing = new Renewed<>(
                () -> {
                    throw new IllegalStateException("no");
                },
                now::get);

        assertThat(throwing.get()).isCompletedExceptionally();
    }

    @Test
    void whatWasRefusedIsFetchedAnewButNotAgainAndAgain() {
        hold("a", HOUR);
        renewed.refused("a");
        assertThat(renewed.get()).isCompletedWithValue("a");

        pass(Renewed.FAILURE_KEPT);
        renewed.refused("a");
        ready.add(new Lease<>("b", HOUR));
        assertThat(renewed.get()).isCompletedWithValue("b");
        assertThat(fetches).hasSize(2);
    }

    @Test
    void aLateRefusalOfWhatWasReplacedChangesNothing() {
        hold("b", HOUR);
        pass(Renewed.FAILURE_KEPT);

        renewed.refused("a");

        assertThat(renewed.get()).isCompletedWithValue("b");
        assertThat(fetches).hasSize(1);
    }

    @Test
    void forgetsAFailureWithWhatCausedIt() {
        renewed.get();
        fetches.get(0).completeExceptionally(new IllegalStateException("wrong password"));

        renewed.forget();
        ready.add(new Lease<>("a", HOUR));

        assertThat(renewed.get()).isCompletedWithValue("a");
    }

    @Test
    void whatWasOnItsWayWhenItWasForgottenIsNotKept() {
        CompletableFuture<String> early = renewed.get();
        renewed.forget();
        ready.add(new Lease<>("new", HOUR));
        assertThat(renewed.get()).isCompletedWithValue("new");

        fetches.get(0).complete(new Lease<>("old", HOUR));

        assertThat(early).isCompletedWithValue("old");
        assertThat(renewed.get()).isCompletedWithValue("new");
    }

    @Test
    void whatDoesNotEndIsFetchedOnce() {
        ready.add(Lease.ever("a"));
        renewed.get();
        pass(Duration.ofDays(365));

        assertThat(renewed.get()).isCompletedWithValue("a");
        assertThat(fetches).hasSize(1);
    }

    @Test
    void neverPrintsTheValue() {
        assertThat(Lease.ever("secret").toString()).doesNotContain("secret");
    }

    private void hold(String value, Duration lifetime) {
        ready.add(new Lease<>(value, lifetime));
        assertThat(renewed.get()).isCompletedWithValue(value);
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }
}
