package io.entrepot.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.RateLimits;
import io.entrepot.config.RateLimits.Reserve;
import io.entrepot.oci.Glob;
import io.entrepot.server.http.Configs;
import io.entrepot.server.upstream.UpstreamEvents.Endpoint;
import io.entrepot.server.upstream.Withheld.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class BudgetTest {

    private static final Duration WINDOW = Duration.ofHours(6);
    private static final Payer ANN = new Payer("ann", false, false);
    private static final Payer BOB = new Payer("bob", false, false);
    private static final Payer PRODUCTION = new Payer("node-1", true, false);
    private static final Payer OPERATOR = new Payer("operator", false, true);

    private Instant now = Instant.parse("2026-03-01T12:00:00Z");
    private final Haste anything = Haste.ofAll();
    private final Haste tokens = Haste.ofAll();
    private Budget budget = budget(0);

    @Test
    void asksFreelyWhereNothingIsLimited() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(fetched(ANN, true, Optional.empty())).isEmpty();
        }
        assertThat(budget.thrift(ANN, now)).isEqualTo(Thrift.NONE);
        assertThat(report().granted()).isEmpty();
    }

    @Test
    void knowsWhatIsLeftWhenItReturnsAndWhenItWillBeUsedUp() {
        Instant noon = now;
        for (int left = 99; left >= 90; left--) {
            fetched(ANN, left);
            pass(Duration.ofMinutes(1));
        }

        BudgetReport.Granted granted = report().granted().orElseThrow();
        assertThat(report().left()).isEqualTo(90);
        assertThat(granted.limit()).isEqualTo(100);
        assertThat(granted.spent()).isEqualTo(10);
        assertThat(granted.refills())
                .isBetween(noon.plus(WINDOW), noon.plus(WINDOW).plus(Duration.ofMinutes(4)));
        // 10 in the last 45 minutes: 90 more will take 405
        assertThat(granted.exhausted()).isEmpty();
        for (int left = 89; left >= 50; left--) {
            fetched(ANN, left);
        }
        assertThat(report().granted().orElseThrow().exhausted()).contains(now.plus(Duration.ofMinutes(45)));
    }

    @Test
    void countsWhatIsUnderWayAsSpent() {
        heard(2);

        assertThat(take(ANN, false)).isEmpty();
        assertThat(take(ANN, false)).isEmpty();
        assertThat(take(ANN, false)).map(Withheld::reason).contains(Reason.SPENT);
        budget.ended(Endpoint.MANIFEST, now);
        assertThat(take(ANN, false)).isEmpty();
    }

    @Test
    void spendsNothingOnAHeadAndLearnsFromItAllTheSame() {
        for (int i = 0; i < 100; i++) {
            assertThat(take(Endpoint.MANIFEST_HEAD, ANN, false)).isEmpty();
        }
        heard(1);
        assertThat(take(ANN, false)).isEmpty();
    }

    @Test
    void asksNothingThatCountsWhenNothingIsLeftAndSaysForHowLong() {
        fetched(ANN, 0);
        pass(Duration.ofMinutes(5));

        Withheld why = take(ANN, false).orElseThrow();
        assertThat(why.reason()).isEqualTo(Reason.SPENT);
        assertThat(why.message())
                .isEqualTo(
                        "docker.io: its rate limit is used up (0 of 100 in 6 h for anonymous); asked again in 10 min");
        assertThat(why.retryAfter()).isEqualTo(Duration.ofMinutes(10));
        assertThat(take(Endpoint.MANIFEST_HEAD, ANN, false)).isEmpty();
        assertThat(take(Endpoint.BLOB, ANN, false)).isEmpty();
        assertThat(report().withheld()).containsEntry(Reason.SPENT, 1L);
    }

    @Test
    void looksByHeadNowAndThenForOthersMayHaveSpentItToo() {
        fetched(ANN, 0);
        pass(Duration.ofMinutes(14));
        assertThat(look(ANN)).isFalse();
        pass(Duration.ofMinutes(1));

        assertThat(look(ANN)).isTrue();
        assertThat(look(BOB)).as("one at a time").isFalse();
        heard(0);
        budget.looked(true);
        assertThat(take(ANN, false).orElseThrow().retryAfter()).isEqualTo(Duration.ofMinutes(15));
        assertThat(look(BOB)).isFalse();
        pass(Duration.ofMinutes(15));
        assertThat(look(BOB)).isTrue();
        heard(1);
        budget.looked(true);
        assertThat(take(BOB, false)).isEmpty();
        assertThat(take(ANN, false)).isPresent();
    }

    @Test
    void looksByHeadWhenSomethingMustHaveComeBack() {
        fetched(ANN, 1);
        pass(WINDOW.minus(Duration.ofMinutes(10)));
        fetched(ANN, 0);
        pass(Duration.ofMinutes(14));

        assertThat(look(ANN)).isTrue();
        heard(1);
        budget.looked(true);
        assertThat(take(ANN, false)).isEmpty();
    }

    @Test
    void looksForNothingWhereThereIsRoomAndForNothingThatDoesNotCount() {
        assertThat(look(ANN)).as("nothing is known").isFalse();
        heard(1);
        pass(Duration.ofHours(1));
        assertThat(look(ANN)).isFalse();
        heard(0);
        pass(Duration.ofHours(1));
        assertThat(budget.look(Endpoint.BLOB, ANN, now)).isFalse();
        assertThat(budget.look(Endpoint.MANIFEST_HEAD, ANN, now)).isFalse();
        assertThat(look(ANN)).isTrue();
    }

    @Test
    void looksOnBehalfOfThoseToWhomTheReserveIsClosed() {
        budget = budget(20);
        heard(20);
        pass(Duration.ofMinutes(15));

        assertThat(look(PRODUCTION)).isFalse();
        assertThat(look(ANN)).isTrue();
        heard(21);
        budget.looked(true);
        assertThat(take(ANN, false)).isEmpty();
    }

    @Test
    void triesOneThatCountsNowAndThenWhereNoHeadTells() {
        fetched(ANN, 0);
        pass(Duration.ofMinutes(15));
        assertThat(look(ANN)).isTrue();
        budget.answered(Endpoint.MANIFEST_HEAD, Optional.empty(), true, budget.sent(Endpoint.MANIFEST_HEAD), now);
        budget.looked(true);

        assertThat(take(ANN, false)).isEmpty();
        assertThat(take(BOB, false)).isPresent();
        budget.refused(Endpoint.MANIFEST, Optional.empty(), Duration.ZERO, true, now);
        budget.ended(Endpoint.MANIFEST, now);
        assertThat(take(BOB, false)).isPresent();
        pass(Duration.ofMinutes(15));
        assertThat(look(BOB)).isFalse();
        assertThat(take(BOB, false)).isEmpty();
    }

    @Test
    void triesOneThatCountsWhereTheHeadIsNotAllowed() {
        fetched(ANN, 0);
        pass(Duration.ofMinutes(15));
        assertThat(look(ANN)).isTrue();
        budget.looked(true);

        assertThat(take(ANN, false)).isEmpty();
    }

    @Test
    void looksAgainWhereTheHeadWasNotAnswered() {
        fetched(ANN, 0);
        pass(Duration.ofMinutes(15));
        assertThat(look(ANN)).isTrue();
        budget.looked(false);

        assertThat(take(ANN, false)).isPresent();
        assertThat(look(BOB)).isTrue();
    }

    @Test
    void keepsTheOneThatCountsForWhoMaySendIt() {
        heard(100);
        for (int i = 0; i < 25; i++) {
            fetched(ANN, true, Optional.of(grant(100)));
        }
        fetched(BOB, 0);
        pass(Duration.ofMinutes(15));
        assertThat(look(ANN)).isTrue();
        budget.looked(true);

        assertThat(take(ANN, true)).map(Withheld::reason).contains(Reason.NEW_NAMES);
        assertThat(budget.patience(Endpoint.MANIFEST, ANN, now)).isZero();
        assertThat(take(BOB, false)).isEmpty();
    }

    @Test
    void believesNoAnswerThatMayBeOlderThanTheLastOne() {
        heard(2);
        take(ANN, false);
        long first = budget.sent(Endpoint.MANIFEST);
        take(BOB, false);
        long second = budget.sent(Endpoint.MANIFEST);
        long head = budget.sent(Endpoint.MANIFEST_HEAD);
        answered(Endpoint.MANIFEST, 0, second);
        answered(Endpoint.MANIFEST, 1, first);
        answered(Endpoint.MANIFEST_HEAD, 2, head);
        budget.ended(Endpoint.MANIFEST, now);
        budget.ended(Endpoint.MANIFEST, now);

        assertThat(take(ANN, false)).isPresent();
        answered(Endpoint.MANIFEST_HEAD, 1, budget.sent(Endpoint.MANIFEST_HEAD));
        assertThat(take(ANN, false)).isEmpty();
    }

    @Test
    void expectsNothingBackOfWhatWasRefused() {
        fetched(ANN, 0);
        pass(Duration.ofHours(1));
        take(ANN, false);
        long number = budget.sent(Endpoint.MANIFEST);
        refused(Duration.ZERO, true);
        budget.answered(Endpoint.MANIFEST, Optional.empty(), false, number, now);

        assertThat(report().granted().orElseThrow().spent()).isEqualTo(1);
    }

    @Test
    void goesOnWhenAnAnswerSaysThatSomethingCameBack() {
        fetched(ANN, 0);
        heard(40);

        assertThat(take(ANN, false)).isEmpty();
    }

    @Test
    void hasAllOfItAgainWhenNothingWasHeardForAWindow() {
        fetched(ANN, 0);
        pass(WINDOW);

        assertThat(report().left()).isEqualTo(100);
        assertThat(take(ANN, false)).isEmpty();
    }

    @Test
    void believesWhenItIsToldToComeAgain() {
        fetched(ANN, 5);
        refused(Duration.ofMinutes(40), true);

        assertThat(take(ANN, false).orElseThrow().retryAfter()).isEqualTo(Duration.ofMinutes(40));
        assertThat(take(Endpoint.MANIFEST_HEAD, ANN, false)).isPresent();
        assertThat(take(Endpoint.BLOB, ANN, false)).isEmpty();
        assertThat(report().pullsAgain()).contains(now.plus(Duration.ofMinutes(40)));
        pass(Duration.ofMinutes(20));
        assertThat(look(ANN)).as("it said when").isFalse();
        pass(Duration.ofMinutes(20));
        assertThat(look(ANN)).isTrue();
        heard(3);
        budget.looked(true);
        assertThat(take(ANN, false)).isEmpty();
    }

    @Test
    void leavesAnUpstreamAloneThatLimitsPullsWithoutSayingHow() {
        refused(Duration.ZERO, true);

        Withheld why = take(ANN, false).orElseThrow();
        assertThat(why.message())
                .isEqualTo("docker.io: its rate limit is used up (for anonymous); asked again in 60 s");
        assertThat(budget.thrift(ANN, now).factor()).isEqualTo(32);
        pass(Duration.ofMinutes(1));
        assertThat(take(ANN, false)).isEmpty();
        assertThat(budget.thrift(ANN, now)).isEqualTo(Thrift.NONE);
    }

    @ParameterizedTest
    @EnumSource(
            value = Endpoint.class,
            names = {"MANIFEST", "MANIFEST_HEAD", "BLOB", "BLOB_HEAD", "TAGS", "REFERRERS"})
    void asksNothingAtAllOfAnUpstreamThatFindsUsTooFast(Endpoint endpoint) {
        refused(Duration.ZERO, false);

        Withheld why = take(endpoint, ANN, false).orElseThrow();
        assertThat(why.reason()).isEqualTo(Reason.SLOW_DOWN);
        assertThat(why.message()).isEqualTo("docker.io: it asked us to slow down (429); asked again in 2 s");
        pass(Duration.ofSeconds(2));
        assertThat(take(endpoint, ANN, false)).isEmpty();
    }

    @Test
    void asksNothingForAnotherAccountEitherOfAnUpstreamThatFindsUsTooFast() {
        Budget other = budget(0);
        refused(Duration.ZERO, false);

        Errand errand = new Errand(ANN, false);
        assertThat(other.take(Endpoint.BLOB, errand, now)).map(Withheld::reason).contains(Reason.SLOW_DOWN);
        pass(Duration.ofSeconds(2));
        assertThat(other.take(Endpoint.BLOB, errand, now)).isEmpty();
    }

    @Test
    void asksForAnotherAccountOnWherePullsOfOneAreUsedUp() {
        Budget other = budget(0);
        refused(Duration.ofMinutes(40), true);

        assertThat(take(ANN, false)).isPresent();
        assertThat(other.take(Endpoint.MANIFEST, new Errand(ANN, false), now)).isEmpty();
    }

    @Test
    void takesA429ForTheEndOfPullsWhereNothingWasLeft() {
        fetched(ANN, 0);
        budget.refused(Endpoint.MANIFEST_HEAD, Optional.empty(), Duration.ZERO, false, now);

        assertThat(report().anythingAgain()).isEmpty();
        assertThat(take(Endpoint.BLOB, ANN, false)).isEmpty();
    }

    @Test
    void leavesATokenServerAloneThatIsTooBusyAndAsksTheRegistry() {
        budget.refused(Endpoint.TOKEN, Optional.empty(), Duration.ofSeconds(30), false, now);

        assertThat(budget.tokens(now).orElseThrow().message())
                .isEqualTo("docker.io: its token server asked us to slow down (429); asked again in 30 s");
        assertThat(take(ANN, false)).isEmpty();
        pass(Duration.ofSeconds(30));
        assertThat(budget.tokens(now)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"100,1", "50,1", "49,2", "25,2", "24,4", "12,8", "6,16", "3,32", "1,32", "0,32"})
    void stretchesTheMoreTheLessIsLeft(int left, int factor) {
        heard(left);

        assertThat(budget.thrift(ANN, now).factor()).isEqualTo(factor);
        assertThat(budget.thrift(ANN, now).metered()).isTrue();
        assertThat(report().stretch()).isEqualTo(factor);
    }

    @Test
    void saysWhatItSparesFor() {
        heard(24);

        assertThat(budget.thrift(ANN, now).because())
                .isEqualTo("docker.io: 24 requests left of 100 in 6 h for anonymous");
    }

    @Test
    void stretchesNothingWhereThatIsNotWanted() {
        budget = new Budget(
                new Words("docker.io", "anonymous"),
                new RateLimits(Reserve.NONE, 0, 25, Configs.RATE_LIMITS.pace()),
                anything,
                tokens);
        heard(1);

        assertThat(budget.thrift(ANN, now).factor()).isEqualTo(1);
    }

    @Test
    void keepsTheReserveForThoseWhoAreChosen() {
        budget = budget(20);
        heard(20);

        Withheld why = take(ANN, false).orElseThrow();
        assertThat(why.reason()).isEqualTo(Reason.RESERVED);
        assertThat(why.message())
                .isEqualTo("docker.io: what is left of its rate limit (20 of 100 in 6 h for anonymous) is kept for"
                        + " others; asked again in 15 min");
        assertThat(take(PRODUCTION, false)).isEmpty();
        assertThat(report().reserved()).isEqualTo(19);
    }

    @Test
    void measuresWhatIsLeftForEachByWhatTheyMaySpend() {
        budget = budget(20);
        heard(30);

        assertThat(budget.thrift(ANN, now).factor()).isEqualTo(4);
        assertThat(budget.thrift(ANN, now).because()).startsWith("docker.io: 10 requests left");
        assertThat(budget.thrift(PRODUCTION, now).factor()).isEqualTo(2);
    }

    @Test
    void triesNothingOfTheReserveBeforeSomethingMustHaveComeBack() {
        budget = budget(20);
        fetched(PRODUCTION, 20);
        pass(WINDOW.minus(Duration.ofMinutes(1)));
        assertThat(take(ANN, false)).isPresent();

        pass(Duration.ofMinutes(5));
        assertThat(take(ANN, false)).isEmpty();
    }

    @Test
    void letsNobodySpendMoreThanTheirShareOnNamesThatNobodyKnows() {
        heard(100);
        for (int i = 0; i < 25; i++) {
            assertThat(fetched(ANN, true, Optional.of(grant(100)))).isEmpty();
        }

        Withheld why = take(ANN, true).orElseThrow();
        assertThat(why.reason()).isEqualTo(Reason.NEW_NAMES);
        assertThat(why.message())
                .isEqualTo(
                        "docker.io: ann asked for 25 names in 6 h that nobody had asked for here, which is its share of"
                                + " the rate limit; the next in 6 h");
        assertThat(take(ANN, false)).as("what is known").isEmpty();
        assertThat(take(BOB, true)).as("another client").isEmpty();
        assertThat(take(OPERATOR, true)).isEmpty();
        assertThat(take(PRODUCTION, true)).isEmpty();
        pass(WINDOW);
        assertThat(take(ANN, true)).isEmpty();
    }

    @Test
    void tellsWhatWasSentSavedAndNotSent() {
        fetched(ANN, 99);
        budget.sent(Endpoint.BLOB);
        budget.sent(Endpoint.TOKEN);
        budget.saved(Endpoint.MANIFEST);
        budget.saved(Endpoint.MANIFEST);
        budget.withheld(Reason.PACE);

        assertThat(report().sent())
                .containsEntry(Endpoint.MANIFEST, 1L)
                .containsEntry(Endpoint.BLOB, 1L)
                .containsEntry(Endpoint.TOKEN, 1L)
                .hasSize(3);
        assertThat(report().saved()).containsOnlyKeys(Endpoint.MANIFEST).containsValue(2L);
        assertThat(report().withheld()).containsOnlyKeys(Reason.PACE);
    }

    private Budget budget(int reserve) {
        Reserve kept = reserve == 0 ? Reserve.NONE : new Reserve(reserve, List.of(new Glob("**")), List.of());
        return new Budget(
                new Words("docker.io", "anonymous"),
                new RateLimits(kept, 50, 25, Configs.RATE_LIMITS.pace()),
                anything,
                tokens);
    }

    private static Grant grant(int left) {
        return new Grant(100, left, WINDOW, "");
    }

    private Optional<Withheld> take(Payer payer, boolean newName) {
        return take(Endpoint.MANIFEST, payer, newName);
    }

    private Optional<Withheld> take(Endpoint endpoint, Payer payer, boolean newName) {
        return budget.take(endpoint, new Errand(payer, newName), now);
    }

    private void fetched(Payer payer, int left) {
        assertThat(fetched(payer, false, Optional.of(grant(left)))).isEmpty();
    }

    /** A manifest, from the question to the answer. */
    private Optional<Withheld> fetched(Payer payer, boolean newName, Optional<Grant> grant) {
        Optional<Withheld> why = take(payer, newName);
        if (why.isEmpty()) {
            budget.answered(Endpoint.MANIFEST, grant, true, budget.sent(Endpoint.MANIFEST), now);
            budget.ended(Endpoint.MANIFEST, now);
        }
        return why;
    }

    /** An answer to a HEAD. */
    private void heard(int left) {
        answered(Endpoint.MANIFEST_HEAD, left, budget.sent(Endpoint.MANIFEST_HEAD));
    }

    private void answered(Endpoint endpoint, int left, long number) {
        budget.answered(endpoint, Optional.of(grant(left)), true, number, now);
    }

    private boolean look(Payer payer) {
        return budget.look(Endpoint.MANIFEST, payer, now);
    }

    private void refused(Duration retryAfter, boolean ofPulls) {
        budget.refused(Endpoint.MANIFEST, Optional.empty(), retryAfter, ofPulls, now);
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    private BudgetReport report() {
        return budget.report("docker.io", 0, now);
    }
}
