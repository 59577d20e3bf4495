package io.entrepot.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.entrepot.config.Network;
import io.entrepot.oci.RegistryException.TooManyRequests;
import io.entrepot.oci.RegistryException.Unavailable;
import io.entrepot.server.access.Authorization.Basic;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Passwords are compared seldom, off the caller's thread, and not to be guessed. */
class PasswordsTest {

    private static final Htpasswd USERS =
            Htpasswd.parse("alice:$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");
    private static final InetAddress HERE = Network.address("10.0.0.1");
    private static final InetAddress THERE = Network.address("10.0.0.2");

    private final AtomicLong nanos = new AtomicLong(1);
    private final Work work = new Work("passwords", 1, 2);
    private final Passwords passwords = new Passwords(work, new Mac(), nanos::get);

    @AfterEach
    void stop() {
        work.close();
    }

    @Test
    void knowsAUserByTheirPassword() {
        assertThat(check("alice", "U*U", HERE)).isNull();
        assertThat(check("alice", "wrong", HERE)).isInstanceOf(NotProven.class);
        assertThat(check("bob", "U*U", HERE)).isInstanceOf(NotProven.class);
    }

    @Test
    void saysTheSameOfAWrongUserAndAWrongPassword() {
        assertThat(check("bob", "U*U", HERE))
                .hasMessage(check("alice", "x", HERE).getMessage());
    }

    @Test
    void aSuccessIsRememberedForAMinute() {
        assertThat(check("alice", "U*U", HERE)).isNull();
        work.close();

        assertThat(check("alice", "U*U", HERE)).isNull();
        pass(Duration.ofSeconds(61));
        assertThat(check("alice", "U*U", HERE)).isInstanceOf(Unavailable.class);
    }

    @Test
    void aSuccessIsNotRememberedForAnotherHash() {
        assertThat(check("alice", "U*U", HERE)).isNull();
        Htpasswd changed = Htpasswd.parse("alice:$2y$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy");

        assertThat(check(changed, "alice", "U*U", HERE)).isInstanceOf(NotProven.class);
    }

    @Test
    void afterFiveFailuresOneHasToWaitEachTimeLonger() {
        for (int i = 0; i < 5; i++) {
            assertThat(check("alice", "wrong" + i, HERE)).isInstanceOf(NotProven.class);
        }

        assertThat(check("alice", "U*U", HERE)).isInstanceOf(TooManyRequests.class);
        pass(Duration.ofSeconds(1));
        assertThat(check("alice", "wrong", HERE)).isInstanceOf(NotProven.class);
        pass(Duration.ofSeconds(1));
        assertThat(check("alice", "U*U", HERE))
                .isInstanceOfSatisfying(
                        TooManyRequests.class,
                        refusal -> assertThat(refusal.retryAfter()).isEqualTo(Duration.ofSeconds(1)));
        pass(Duration.ofSeconds(1));
        assertThat(check("alice", "U*U", HERE)).isNull();
    }

    @Test
    void nobodyLocksOutAUserFromElsewhere() {
        for (int i = 0; i < 9; i++) {
            check("alice", "wrong" + i, HERE);
        }

        assertThat(check("alice", "U*U", THERE)).isNull();
    }

    @Test
    void guessesUnderWayCountAsFailures() {
        Attempts attempts = new Attempts(Attempts.AtOnce.HERE, nanos::get);
        Attempts.Who who = new Attempts.Who("alice", HERE);
        for (int i = 0; i < 5; i++) {
            attempts.begin(who);
        }

        assertThatThrownBy(() -> attempts.begin(who)).isInstanceOf(TooManyRequests.class);
        attempts.untold(who);
        attempts.begin(who);
    }

    @Test
    void onePlaceHasEightAttemptsUnderWay() {
        Attempts attempts = new Attempts(Attempts.AtOnce.HERE, nanos::get);
        for (int i = 0; i < 8; i++) {
            attempts.begin(new Attempts.Who("user" + i, HERE));
        }

        assertThatThrownBy(() -> attempts.begin(new Attempts.Who("alice", HERE)))
                .isInstanceOf(TooManyRequests.class);
        attempts.begin(new Attempts.Who("alice", THERE));
        attempts.wrong(new Attempts.Who("user0", HERE));
        attempts.begin(new Attempts.Who("alice", HERE));
        assertThatThrownBy(() -> attempts.begin(new Attempts.Who("bob", HERE))).isInstanceOf(TooManyRequests.class);
    }

    @Test
    void oneNetworkOfIPv6IsOnePlace() {
        Attempts attempts = new Attempts(Attempts.AtOnce.HERE, nanos::get);
        for (int i = 0; i < 8; i++) {
            attempts.begin(new Attempts.Who("user" + i, Network.address("2001:db8:0:1::" + i)));
        }

        assertThatThrownBy(() -> attempts.begin(new Attempts.Who("alice", Network.address("2001:db8:0:1::9"))))
                .isInstanceOf(TooManyRequests.class);
        attempts.begin(new Attempts.Who("alice", Network.address("2001:db8:0:2::1")));
    }

    @Test
    void whoIsToWaitTakesNoPlace() {
        Attempts attempts = new Attempts(Attempts.AtOnce.HERE, nanos::get);
        Attempts.Who who = new Attempts.Who("alice", HERE);
        for (int i = 0; i < 5; i++) {
            attempts.begin(who);
        }
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> attempts.begin(who)).isInstanceOf(TooManyRequests.class);
        }

        for (int i = 0; i < 3; i++) {
            attempts.begin(new Attempts.Who("user" + i, HERE));
        }
    }

    @Test
    void manyWhoAskTheSameWaitForOneComparison() {
        CountDownLatch hold = new CountDownLatch(1);
        work.run(() -> await(hold));
        List<CompletableFuture<Identity>> all = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            all.add(passwords.check(USERS, new Basic("alice", "U*U"), HERE));
        }
        hold.countDown();

        assertThat(all).allSatisfy(each -> assertThat(each.join().name()).isEqualTo("alice"));
    }

    @Test
    void whoComesWhenTooManyWaitIsSentAway() {
        CountDownLatch hold = new CountDownLatch(1);
        work.run(() -> await(hold));
        passwords.check(USERS, new Basic("a", "1"), HERE);
        passwords.check(USERS, new Basic("b", "1"), HERE);

        assertThat(check("alice", "U*U", HERE)).isInstanceOf(Unavailable.class);
        hold.countDown();
    }

    private static boolean await(CountDownLatch latch) {
        try {
            latch.await();
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private Throwable check(String user, String password, InetAddress source) {
        return check(USERS, user, password, source);
    }

    private Throwable check(Htpasswd users, String user, String password, InetAddress source) {
        Throwable failure = catchThrowable(
                () -> passwords.check(users, new Basic(user, password), source).join());
        return failure instanceof CompletionException ? failure.getCause() : failure;
    }
}
