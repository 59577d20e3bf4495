package io.entrepot.server.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.server.policy.RandomPolicies.Case;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What is decided by phases, by an index and by short lists is what the plain reading of a policy says. */
class PolicyReadingTest {

    @Property(tries = 4_000)
    void decidesLikeTheNaiveReading(@ForAll("cases") Case one) {
        PullPolicy policy = PullPolicy.of(one.policy(), PullPolicy.Basis.NONE);
        Verdict byNames = policy.onNames(one.asked(), Made.NOW);
        Verdict verdict = byNames instanceof Verdict.Allow
                        && policy.needs(one.asked().repository()).content()
                ? policy.onContent(one.asked(), one.subject(), Made.NOW)
                : byNames;
        Assume.that(!isSignature(verdict));

        assertThat(verdict instanceof Verdict.Allow)
                .as("%s of %s", verdict, one)
                .isEqualTo(Naive.allows(one.policy(), one.asked(), one.subject()));
    }

    private static boolean isSignature(Verdict verdict) {
        return verdict instanceof Verdict.Allow allow
                && allow.grounds().exemption().equals("signature artifact");
    }

    @Provide
    Arbitrary<Case> cases() {
        return RandomPolicies.cases();
    }
}
