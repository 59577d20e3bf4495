package io.entrepot.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How many repetitions a budget allows. */
class RetryBudgetTest {

    private final RetryBudget budget = new RetryBudget();

    @Test
    void allowsNoneBeforeAnythingWasAsked() {
        assertThat(budget.take()).isFalse();
    }

    @Test
    void allowsOneForTenThatWereAsked() {
        ask(9);
        assertThat(budget.take()).isFalse();
        ask(1);

        assertThat(budget.take()).isTrue();
        assertThat(budget.take()).isFalse();
    }

    @Test
    void neverAllowsMoreThanATenthHoweverManyFail() {
        int repeated = 0;
        for (int asked = 1; asked <= 10_000; asked++) {
            ask(1);
            repeated += budget.take() ? 1 : 0;
            assertThat(asked + repeated).isLessThanOrEqualTo(asked + asked / 10);
        }
        assertThat(repeated).isEqualTo(1_000);
    }

    @Test
    void savesTen() {
        ask(1_000);
        for (int i = 0; i < 10; i++) {
            assertThat(budget.take()).isTrue();
        }

        assertThat(budget.take()).isFalse();
    }

    private void ask(int times) {
        for (int i = 0; i < times; i++) {
            budget.asked();
        }
    }
}
