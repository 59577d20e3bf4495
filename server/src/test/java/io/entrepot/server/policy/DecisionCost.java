package io.entrepot.server.policy;

import com.sun.management.ThreadMXBean;
import io.entrepot.config.AskerMatch;
import io.entrepot.config.PolicyConfig;
import io.entrepot.config.PolicyMatch;
import io.entrepot.config.PolicyRule;
import io.entrepot.config.PolicyRule.Effect;
import io.entrepot.config.PolicyRule.Mode;
import io.entrepot.config.PolicyRule.Words;
import io.entrepot.config.Requirements;
import io.entrepot.oci.Glob;
import io.entrepot.oci.VersionRange;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * Says what a decision costs: {@code main} prints, for several kinds of rules and several numbers of them, the CPU time of one
 * decision on names and one on content, the best of five rounds. Not a test, since a busy machine is no mistake.
 */
public final class DecisionCost {

    private static final int ROUNDS = 5;
    private static final int DECISIONS = 200_000;
    private static final ThreadMXBean CPU = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private DecisionCost() {}

    public static void main(String[] args) {
        System.out.println("rules, kind: ns a decision on names, on content; bytes allocated for both");
        for (int count : new int[] {10, 100, 1_000, 10_000}) {
            report("one repository each", count, number -> repositories("ghcr.io/team-" + number + "/**"));
            report("one namespace each, all repositories", count, number -> namespace("team-" + number));
            report("one tag each, all repositories", count, number -> tag("build-" + number));
            report("one range of versions each, one repository", count, number -> versions(number));
        }
    }

    private static void report(String kind, int count, IntFunction<PolicyMatch> match) {
        PullPolicy policy = PullPolicy.of(config(count, match), PullPolicy.Basis.NONE);
        List<Asked> asked = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            int team = Math.floorMod(i * 7_919, count);
            asked.add(Made.asked("ghcr.io/team-" + team + "/app:1." + i, "ns=team-" + team + " sa=app"));
        }
        long[] best = {Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE};
        for (int round = 0; round < ROUNDS; round++) {
            round(policy, asked, best, count);
        }
        System.out.println(String.format(
                Locale.ROOT, "%6d, %s: %d ns, %d ns; %d B", count, kind, best[0], best[1], best[2]));
    }

    private static void round(PullPolicy policy, List<Asked> asked, long[] best, int count) {
        int decisions = count > 1_000 ? DECISIONS / 10 : DECISIONS;
        List<Subject> subjects =
                asked.stream().map(each -> Made.subject(each.reference(), "-")).toList();
        long allocated = CPU.getThreadAllocatedBytes(Thread.currentThread().getId());
        long start = CPU.getCurrentThreadCpuTime();
        int allowed = 0;
        for (int i = 0; i < decisions; i++) {
            allowed += policy.onNames(asked.get(i & 63), Made.NOW) instanceof Verdict.Allow ? 1 : 0;
        }
        long between = CPU.getCurrentThreadCpuTime();
        for (int i = 0; i < decisions; i++) {
            Verdict verdict = policy.onContent(asked.get(i & 63), subjects.get(i & 63), Made.NOW);
            allowed += verdict instanceof Verdict.Allow ? 1 : 0;
        }
        long end = CPU.getCurrentThreadCpuTime();
        if (allowed < 0) {
            throw new IllegalStateException("nothing was decided");
        }
        best[0] = Math.min(best[0], (between - start) / decisions);
        best[1] = Math.min(best[1], (end - between) / decisions);
        best[2] = Math.min(
                best[2], (CPU.getThreadAllocatedBytes(Thread.currentThread().getId()) - allocated) / decisions);
    }

    private static PolicyConfig config(int count, IntFunction<PolicyMatch> match) {
        List<PolicyRule> rules = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Effect effect = i % 2 == 0
                    ? new Effect.Allow()
                    : new Effect.Require(requirements(), Words.NONE);
            rules.add(new PolicyRule("rule-" + i, "policy:" + i, Mode.ENFORCE, match.apply(i), effect, List.of()));
        }
        PolicyConfig none = PolicyConfig.NONE;
        return new PolicyConfig(false, rules, List.of(), none.pins(), none.inUseGrace());
    }

    private static Requirements requirements() {
        return ((Effect.Require) Made.config("rules: [ { name: a, require: { max-size: 2GiB } } ]")
                        .rules()
                        .get(0)
                        .effect())
                .requirements();
    }


    private static PolicyMatch repositories(String glob) {
        return of(List.of(new Glob(glob)), List.of(), AskerMatch.ANYBODY);
    }

    private static PolicyMatch namespace(String name) {
        List<Glob> names = List.of(new Glob(name));
        return of(List.of(), List.of(), new AskerMatch(List.of(), List.of(), List.of(), names, List.of()));
    }

    private static PolicyMatch tag(String tag) {
        return of(List.of(), List.of(new PolicyMatch.TagMatcher.Named(new Glob(tag))), AskerMatch.ANYBODY);
    }

    private static PolicyMatch versions(int number) {
        VersionRange range = VersionRange.parse(">=" + (number + 2) + " <" + (number + 3));
        return of(
                List.of(new Glob("ghcr.io/**")),
                List.of(new PolicyMatch.TagMatcher.InRange(range)),
                AskerMatch.ANYBODY);
    }

    private static PolicyMatch of(List<Glob> repositories, List<PolicyMatch.TagMatcher> tags, AskerMatch asker) {
        return new PolicyMatch(
                List.of(),
                repositories,
                tags,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Optional.empty(),
                asker);
    }
}
