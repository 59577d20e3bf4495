package io.entrepot.server.policy;

import com.sun.management.ThreadMXBean;
import io.entrepot.config.PinConfig;
import io.entrepot.config.PolicyConfig;
import io.entrepot.config.PolicyRule;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;

/**
 * Measures what one decision costs with 10, 1,000 and 10,000 rules, in processor time of one thread: by tag, by digest with its
 * content, and the first in a repository. No test: run it by hand, with the test class path.
 */
final class DecisionCost {

    private static final int REPOSITORIES = 2_000;
    private static final int PART = 1_000;
    private static final int ROUNDS = 7;
    private static final int DECISIONS = 50_000;

    private final PullPolicy policy;
    private final List<Asked> byTag = new ArrayList<>();
    private final List<Asked> byDigest = new ArrayList<>();
    private final Subject content;
    private int allowed;

    private DecisionCost(int rules, String registry) {
        this.policy = PullPolicy.of(config(rules, registry), PullPolicy.Basis.NONE);
        Asker alice = Made.asker("user=alice group=team-7");
        Digest digest = Made.digest("a");
        for (int i = 0; i < REPOSITORIES; i++) {
            Repository repository =
                    new Repository(Registry.parse("registry.corp"), "team-" + i % Math.max(1, rules - 4) + "/app-" + i);
            byTag.add(new Asked(repository, new Tag("v1." + i % 20 + ".0"), alice));
            byDigest.add(new Asked(repository, new Reference.ByDigest(digest), alice));
        }
        this.content = Made.subject(byDigest.get(0).reference(), "under=v1.2.0,80h under=v1.3.0");
    }

    /** A few rules for everybody, and one for each team, as platform teams write them; in parts, as a directory has them. */
    private static PolicyConfig config(int rules, String registry) {
        List<PolicyRule> all = new ArrayList<>(part("""
                  - { name: no-latest, match: { tags: [latest, "*-dev"] }, deny: "use a version" }
                  - { name: broken, match: { digests: [#b] }, deny: "broken" }
                """));
        for (int from = 0; from < rules - 4; from += PART) {
            StringBuilder text = new StringBuilder();
            for (int i = from; i < Math.min(from + PART, rules - 4); i++) {
                text.append("  - { name: t")
                        .append(i)
                        .append(", match: { repositories: [\"")
                        .append(registry);
                text.append("/team-").append(i).append("/**\"], groups: [\"team-*\"], versions: [\">=1 <2\"] },");
                text.append(" require: { min-age: 72h } }\n");
            }
            all.addAll(part(text.toString()));
        }
        all.addAll(part("""
                  - { name: hub, match: { registries: [docker.io] }, allow: true }
                  - { name: corp, match: { registries: ["*.corp"] }, require: { max-size: 10GiB } }
                """));
        return new PolicyConfig(false, all, List.of(), PinConfig.NONE, Duration.ZERO);
    }

    private static List<PolicyRule> part(String rules) {
        return Made.config("rules:\n" + rules).rules();
    }

    private void tag(int i) {
        count(policy.onNames(byTag.get(i % REPOSITORIES), Made.NOW));
    }

    private void digest(int i) {
        Asked asked = byDigest.get(i % REPOSITORIES);
        count(policy.onNames(asked, Made.NOW));
        count(policy.onContent(asked, content, Made.NOW));
    }

    private void count(Verdict verdict) {
        allowed += verdict instanceof Verdict.Allow ? 1 : 0;
    }

    /** Microseconds of each: the median of the rounds. */
    private static double cost(IntConsumer decision, int decisions) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        double[] rounds = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            long before = threads.getCurrentThreadCpuTime();
            for (int i = 0; i < decisions; i++) {
                decision.accept(i);
            }
            rounds[round] = (threads.getCurrentThreadCpuTime() - before) / 1_000.0 / decisions;
        }
        Arrays.sort(rounds);
        return rounds[ROUNDS / 2];
    }

    /** Microseconds of the first decision in a repository, before its rules have been found. */
    private static double first(int rules, String registry) {
        DecisionCost fresh = new DecisionCost(rules, registry);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadCpuTime();
        for (int i = 0; i < REPOSITORIES; i++) {
            fresh.tag(i);
        }
        return (threads.getCurrentThreadCpuTime() - before) / 1_000.0 / REPOSITORIES;
    }

    /** One line for each number of rules, that name their registry and that do not. */
    public static void main(String[] arguments) {
        for (String registry : new String[] {"registry.corp", "*.corp"}) {
            for (int rules : new int[] {10, 1_000, 10_000}) {
                print(rules, registry);
            }
        }
    }

    private static void print(int rules, String registry) {
        DecisionCost cost = new DecisionCost(rules, registry);
        double tag = cost(cost::tag, DECISIONS);
        double digest = cost(cost::digest, DECISIONS);
        System.out.printf(
                Locale.ROOT,
                "%6d rules of %s: by tag %.2f us, by digest and content %.2f us, first in a repository %.1f us (%d)%n",
                rules,
                registry,
                tag,
                digest,
                first(rules, registry),
                cost.allowed);
    }
}
