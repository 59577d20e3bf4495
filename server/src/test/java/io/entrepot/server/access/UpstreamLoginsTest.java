package io.entrepot.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.Network;
import io.entrepot.config.Secret;
import io.entrepot.oci.Registry;
import io.entrepot.oci.RegistryException.TooManyRequests;
import io.entrepot.oci.RegistryException.Unauthorized;
import io.entrepot.oci.RegistryException.Unavailable;
import io.entrepot.oci.Repository;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Logins that callers bring are tried seldom, not to be guessed, and in nobody else's way. */
class UpstreamLoginsTest {

    private static final Set<Repository> REPOSITORIES = Set.of(new Repository(new Registry("gcr.io"), "acme/app"));
    private static final InetAddress HERE = Network.address("10.0.0.1");
    private static final InetAddress THERE = Network.address("10.0.0.2");
    private static final CompletableFuture<Boolean> TAKEN = CompletableFuture.completedFuture(true);
    private static final CompletableFuture<Boolean> REFUSED =
            CompletableFuture.failedFuture(new Unauthorized("wrong", Unauthorized.Why.WRONG));
    private static final CompletableFuture<Boolean> UNTOLD =
            CompletableFuture.failedFuture(new Unavailable("gone", Duration.ofSeconds(5)));

    private final AtomicLong nanos = new AtomicLong(1);
    private final UpstreamLogins logins = new UpstreamLogins((proof, outcome) -> {}, nanos::get);
    private int asked;

    @Test
    void whatTheUpstreamTookIsNotTriedAgainForAWhile() {
        assertThat(tried("alice", "right", TAKEN)).isNull();
        assertThat(tried("alice", "right", REFUSED)).isNull();
        assertThat(asked).isEqualTo(1);

        pass(Duration.ofMinutes(10));
        assertThat(tried("alice", "right", REFUSED)).isInstanceOf(Unauthorized.class);
        assertThat(asked).isEqualTo(2);
    }

    @Test
    void whoGuessesHasToWait() {
        for (int i = 0; i < 5; i++) {
            assertThat(tried("alice", "guess-" + i, REFUSED)).isInstanceOf(Unauthorized.class);
        }

        assertThat(tried("alice", "guess-5", REFUSED)).isInstanceOf(TooManyRequests.class);
        assertThat(asked).isEqualTo(5);
        assertThat(tried("bob", "right", TAKEN)).isNull();
    }

    @Test
    void aWrongLoginThatComesAgainAndAgainWaitsByItselfAndIsOneGuess() {
        for (int i = 0; i < 5; i++) {
            assertThat(tried("_json_key", "out-of-date", REFUSED)).isInstanceOf(Unauthorized.class);
        }

        assertThat(tried("_json_key", "out-of-date", REFUSED)).isInstanceOf(TooManyRequests.class);
        assertThat(asked).isEqualTo(5);
        assertThat(tried("_json_key", "of-another-team", TAKEN)).isNull();
    }

    @Test
    void whatItIsRefusedLaterIsAGuessToo() {
        for (int i = 0; i < 5; i++) {
            assertThat(tried("alice", "guess-" + i, CompletableFuture.completedFuture(false)))
                    .isNull();
            logins.refused(brought("alice", "guess-" + i), HERE);
        }

        assertThat(tried("alice", "guess-5", TAKEN)).isInstanceOf(TooManyRequests.class);
    }

    @Test
    void whereTheUpstreamCannotSayNothingIsCounted() {
        for (int i = 0; i < 20; i++) {
            assertThat(tried("alice", "right", UNTOLD)).isInstanceOf(Unavailable.class);
        }

        assertThat(tried("alice", "right", TAKEN)).isNull();
    }

    @Test
    void manyOfOneAddressWhoHaveTheSameUserNameAreTriedAtOnce() {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int node = 0; node < 64; node++) {
            all.add(logins.tried(brought("oauth2accesstoken", "of-node-" + node), HERE, asking(answer)));
        }
        assertThat(tried("oauth2accesstoken", "of-another", answer)).isInstanceOf(TooManyRequests.class);
        answer.complete(true);

        assertThat(all).allMatch(each -> each.isDone() && !each.isCompletedExceptionally());
        assertThat(tried("oauth2accesstoken", "of-another", TAKEN)).isNull();
    }

    @Test
    void manyGuessesAtOnceAreFollowedByNoOther() {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        for (int i = 0; i < 64; i++) {
            logins.tried(brought("alice", "guess-" + i), HERE, asking(answer));
        }
        answer.completeExceptionally(new Unauthorized("wrong", Unauthorized.Why.WRONG));

        assertThat(tried("alice", "guess-64", REFUSED)).isInstanceOf(TooManyRequests.class);
        assertThat(asked).isEqualTo(64);
    }

    @Test
    void nobodyLocksOutSomebodyElsewhere() {
        for (int i = 0; i < 6; i++) {
            tried("alice", "guess-" + i, REFUSED);
        }

        assertThat(failure(logins.tried(brought("alice", "right"), THERE, () -> TAKEN)))
                .isNull();
    }

    @Test
    void manyWhoBringTheSameWaitForOneAnswer() {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        CompletableFuture<Void> first = logins.tried(brought("alice", "right"), HERE, asking(answer));
        CompletableFuture<Void> second = logins.tried(brought("alice", "right"), THERE, asking(answer));
        answer.complete(true);

        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
        assertThat(asked).isEqualTo(1);
    }

    private @Nullable Throwable tried(String user, String password, CompletableFuture<Boolean> answer) {
        return failure(logins.tried(brought(user, password), HERE, asking(answer)));
    }

    private Supplier<CompletableFuture<Boolean>> asking(CompletableFuture<Boolean> answer) {
        return () -> {
            asked++;
            return answer;
        };
    }

    private static Brought brought(String user, String password) {
        return new Brought(user + ":" + password, user, new Secret(password), REPOSITORIES);
    }

    private static @Nullable Throwable failure(CompletableFuture<Void> tried) {
        try {
            tried.join();
            return null;
        } catch (CompletionException e) {
            return e.getCause();
        }
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
