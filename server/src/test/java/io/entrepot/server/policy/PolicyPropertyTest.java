package io.entrepot.server.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.oci.Reference;
import io.entrepot.server.policy.Questions.Question;
import io.entrepot.server.policy.Questions.Rule;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What holds of every policy and every question. */
class PolicyPropertyTest {

    @Property(edgeCases = EdgeCasesMode.NONE, tries = 1_000)
    void oneMoreRefusalAnywhereNeverAllowsMore(
            @ForAll boolean allow,
            @ForAll("rules") List<Rule> rules,
            @ForAll("rule") Rule added,
            @ForAll("place") int place,
            @ForAll("question") Question question) {
        Rule denying = added.denying();
        List<Rule> more = with(rules, place, denying);

        Verdict before = decide(Questions.policy(allow, rules), question);
        Verdict after = decide(Questions.policy(allow, more), question);

        assertThat(isAllowed(after) && !isAllowed(before))
                .as("%s: %s, then %s", Questions.text(allow, more), before, after)
                .isFalse();
    }

    @Property(edgeCases = EdgeCasesMode.NONE, tries = 500)
    void aRuleInModeOffChangesNothing(
            @ForAll boolean allow,
            @ForAll("rules") List<Rule> rules,
            @ForAll("rule") Rule added,
            @ForAll("place") int place,
            @ForAll("question") Question question) {
        PullPolicy with = Questions.policy(allow, with(rules, place, added.in("off")));
        PullPolicy without = Questions.policy(allow, rules);

        assertThat(nameless(decide(with, question))).isEqualTo(nameless(decide(without, question)));
        assertThat(with.needs(question.asked().repository()))
                .isEqualTo(without.needs(question.asked().repository()));
    }

    @Property(edgeCases = EdgeCasesMode.NONE, tries = 1_000)
    void onTrialNothingIsRefusedThatIsNotRefusedWithoutTheRule(
            @ForAll boolean allow,
            @ForAll("rules") List<Rule> rules,
            @ForAll("rule") Rule added,
            @ForAll("place") int place,
            @ForAll("question") Question question) {
        Verdict off = decide(Questions.policy(allow, with(rules, place, added.in("off"))), question);
        Verdict warn = decide(Questions.policy(allow, with(rules, place, added.in("warn"))), question);

        assertThat(isAllowed(off) && !isAllowed(warn))
                .as("%s: %s, on trial %s", Questions.text(allow, with(rules, place, added)), off, warn)
                .isFalse();
    }

    @Property(edgeCases = EdgeCasesMode.NONE, tries = 1_000)
    void aRefusalOnTrialAllowsNothingEither(
            @ForAll boolean allow,
            @ForAll("rules") List<Rule> rules,
            @ForAll("rule") Rule added,
            @ForAll("place") int place,
            @ForAll("question") Question question) {
        Rule denying = new Rule("warn", added.match(), "deny: \"no\"", added.exempt());

        assertThat(isAllowed(decide(Questions.policy(allow, with(rules, place, denying)), question)))
                .isEqualTo(isAllowed(decide(Questions.policy(allow, rules), question)));
    }

    @Property(edgeCases = EdgeCasesMode.NONE, tries = 1_000)
    void whatTheNamesRefuseNoContentMends(
            @ForAll boolean allow, @ForAll("rules") List<Rule> rules, @ForAll("question") Question question) {
        PullPolicy policy = Questions.policy(allow, rules);
        Verdict byNames = policy.onNames(question.asked(), Made.NOW);
        Assume.that(!isAllowed(byNames));

        Verdict byContent = policy.onContent(question.asked(), question.subject(), Made.NOW);

        assertThat(isAllowed(byContent))
                .as("%s: %s, then %s", Questions.text(allow, rules), byNames, byContent)
                .isFalse();
    }

    @Property(edgeCases = EdgeCasesMode.NONE, tries = 1_000)
    void whereNothingMayBePulledNothingIs(
            @ForAll boolean allow, @ForAll("rules") List<Rule> rules, @ForAll("question") Question question) {
        PullPolicy policy = Questions.policy(allow, rules);
        Asked asked = question.asked();
        Assume.that(!isAllowed(policy.onAnything(asked.repository(), asked.asker(), Made.NOW)));

        assertThat(isAllowed(policy.onNames(asked, Made.NOW))).isFalse();
        assertThat(isAllowed(policy.onContent(asked, question.subject(), Made.NOW)))
                .isFalse();
    }

    /** But for what signs, which passes without the warnings of the names; whether it passes is the same. */
    @Property(edgeCases = EdgeCasesMode.NONE, tries = 1_000)
    void whereNothingDependsOnContentTheNamesSayTheSame(
            @ForAll boolean allow, @ForAll("rules") List<Rule> rules, @ForAll("question") Question question) {
        PullPolicy policy = Questions.policy(allow, rules);
        Assume.that(!policy.needs(question.asked().repository()).content());

        Verdict byNames = policy.onNames(question.asked(), Made.NOW);
        Verdict byContent = policy.onContent(question.asked(), question.subject(), Made.NOW);

        assertThat(isAllowed(byContent)).isEqualTo(isAllowed(byNames));
        assertThat(isSignature(byContent) ? byNames : byContent).isEqualTo(byNames);
    }

    @Property(edgeCases = EdgeCasesMode.NONE, tries = 500)
    void oneMoreTagOnRecordNeverRefusesMore(
            @ForAll boolean allow,
            @ForAll("rules") List<Rule> rules,
            @ForAll("question") Question question,
            @ForAll("tag") String tag) {
        Assume.that(question.asked().reference() instanceof Reference.ByDigest);
        Question more = new Question(question.image(), question.who(), question.content() + " under=" + tag);
        Assume.that(question.content().contains("under="));
        PullPolicy policy = Questions.policy(allow, rules);

        assertThat(isAllowed(decide(policy, question)) && !isAllowed(decide(policy, more)))
                .as(Questions.text(allow, rules))
                .isFalse();
    }

    @Property(edgeCases = EdgeCasesMode.NONE, tries = 500)
    void theOrderOfTagsOnRecordDoesNotMatter(
            @ForAll boolean allow, @ForAll("rules") List<Rule> rules, @ForAll("question") Question question) {
        PullPolicy policy = Questions.policy(allow, rules);
        Subject subject = question.subject();
        List<Standing> turned = new ArrayList<>(subject.standings());
        Collections.reverse(turned);
        Subject other = new Subject(subject.manifest(), subject.platforms(), turned);

        Verdict one = policy.onContent(question.asked(), subject, Made.NOW);
        Verdict two = policy.onContent(question.asked(), other, Made.NOW);

        assertThat(isAllowed(two)).isEqualTo(isAllowed(one));
        assertThat(isClean(two)).isEqualTo(isClean(one));
    }

    @Property(edgeCases = EdgeCasesMode.NONE, tries = 500)
    void anExplanationSaysWhatIsDecided(
            @ForAll boolean allow, @ForAll("rules") List<Rule> rules, @ForAll("question") Question question) {
        PullPolicy policy = Questions.policy(allow, rules);
        Trace explained = policy.explain(question.asked(), question.subject(), Made.NOW);

        assertThat(explained.verdict()).isEqualTo(decide(policy, question));
        assertThat(explained.steps()).hasSameSizeAs(rules);
    }

    private static List<Rule> with(List<Rule> rules, int place, Rule added) {
        List<Rule> more = new ArrayList<>(rules);
        more.add(Math.min(place, rules.size()), added);
        return more;
    }

    /** As a pull is decided: by names first, then by content where it matters. */
    private static Verdict decide(PullPolicy policy, Question question) {
        Verdict byNames = policy.onNames(question.asked(), Made.NOW);
        return isAllowed(byNames) && policy.needs(question.asked().repository()).content()
                ? policy.onContent(question.asked(), question.subject(), Made.NOW)
                : byNames;
    }

    private static boolean isAllowed(Verdict verdict) {
        return verdict instanceof Verdict.Allow;
    }

    private static boolean isClean(Verdict verdict) {
        return verdict instanceof Verdict.Allow allow && allow.grounds().isClean();
    }

    private static boolean isSignature(Verdict verdict) {
        return verdict instanceof Verdict.Allow allow
                && allow.grounds().exemption().equals("signature artifact");
    }

    /** Rules are numbered by where they stand, so that one more moves the names of those behind it. */
    private static String nameless(Verdict verdict) {
        return verdict.toString().replaceAll("\\br[0-9]+\\b", "r");
    }

    @Provide
    Arbitrary<Rule> rule() {
        return Questions.rule();
    }

    @Provide
    Arbitrary<List<Rule>> rules() {
        return Questions.rules();
    }

    @Provide
    Arbitrary<Integer> place() {
        return Arbitraries.integers().between(0, 5);
    }

    @Provide
    Arbitrary<Question> question() {
        return Questions.question().map(Questions::fair);
    }

    @Provide
    Arbitrary<String> tag() {
        return Arbitraries.of("latest", "v1,80h", "2,pinned", "other", "sha256-@64.sig");
    }
}
