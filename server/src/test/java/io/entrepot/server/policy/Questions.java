package io.entrepot.server.policy;

import io.entrepot.config.PinConfig;
import io.entrepot.config.PolicyConfig;
import io.entrepot.config.PolicyRule;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Rules, and what is asked under them: small enough names that they meet. */
final class Questions {

    private static final String EXEMPT = "    exempt: [ { digest: #a, reason: because, until: 2027-01-31 } ]\n";

    /** Reading is slow, and rules come again. */
    private static final Map<Rule, PolicyRule> READ = new ConcurrentHashMap<>();

    private Questions() {}

    /** A rule without its name, each of whose lines stands below the list. */
    record Rule(String mode, String match, String effect, boolean exempt) {

        /** As YAML, under this name. */
        String text(int number) {
            return "  - name: r" + number + "\n    mode: " + mode + "\n    match: { " + match + " }\n    " + effect
                    + "\n" + (exempt && !effect.startsWith("allow") ? EXEMPT : "");
        }

        Rule in(String other) {
            return new Rule(other, match, effect, exempt);
        }

        /** A refusal of all that it matches, with no exemption. */
        Rule denying() {
            return new Rule(mode, match, "deny: \"no\"", false);
        }
    }

    /** What is asked, by whom, and what there is. */
    record Question(String image, String who, String content) {

        Asked asked() {
            return Made.asked(image, who);
        }

        Subject subject() {
            return Made.subject(asked().reference(), content);
        }
    }

    /** Rules in order, whether or not one hides another; the default allows or denies. */
    static PullPolicy policy(boolean allow, List<Rule> rules) {
        return PullPolicy.of(
                new PolicyConfig(allow, written(rules), List.of(), PinConfig.NONE, Duration.ZERO),
                PullPolicy.Basis.NONE);
    }

    static List<PolicyRule> written(List<Rule> rules) {
        return IntStream.range(0, rules.size())
                .mapToObj(number -> read(rules.get(number), "r" + number))
                .toList();
    }

    private static PolicyRule read(Rule rule, String name) {
        PolicyRule read = READ.computeIfAbsent(
                rule, each -> Made.config("rules:\n" + each.text(0)).rules().get(0));
        return new PolicyRule(name, read.where(), read.mode(), read.match(), read.effect(), read.exemptions());
    }

    static String text(boolean allow, List<Rule> rules) {
        StringBuilder text = new StringBuilder("default: " + (allow ? "allow" : "deny") + "\nrules:\n");
        for (int i = 0; i < rules.size(); i++) {
            text.append(rules.get(i).text(i));
        }
        return text.toString();
    }

    static Arbitrary<Rule> rule() {
        Arbitrary<Boolean> exempt = Arbitraries.of(true, false, false);
        return Combinators.combine(mode(), match(), effect(), exempt).as(Rule::new);
    }

    static Arbitrary<List<Rule>> rules() {
        return rule().list().ofMaxSize(5);
    }

    private static Arbitrary<String> mode() {
        return Arbitraries.of("enforce", "enforce", "enforce", "warn", "off");
    }

    private static Arbitrary<String> effect() {
        return Arbitraries.of(
                "allow: true",
                "allow: true",
                "deny: \"no\"",
                "deny: \"no\"",
                "require: { digest: true }",
                "require: { pinned: true }",
                "require: { immutable-tag: true, max-size: 50 }",
                "require: { min-age: 72h }",
                "require: { no-rollback: true, platforms: [linux/amd64] }",
                "require: { no-foreign-urls: true, media-types: [\"**oci**\"] }");
    }

    /** Up to three of these together, no key twice. */
    static Arbitrary<String> match() {
        return Arbitraries.of(
                        "registries: [a.io]",
                        "registries: [\"*.io\", b.corp]",
                        "repositories: [\"a.io/x/**\"]",
                        "repositories: [a.io/x/y, \"**/z\"]",
                        "repositories: [\"b.corp/*\"]",
                        "tags: [latest]",
                        "tags: [\"v*\", \"/l.+/\"]",
                        "versions: [\">=1 <3\"]",
                        "digests: [#a]",
                        "digests: [#b]",
                        "media-types: [\"**index**\"]",
                        "artifact-types: [\"**config**\"]",
                        "platforms: [linux/amd64]",
                        "size: { at-least: 50 }",
                        "users: [alice]",
                        "groups: [ops]",
                        "networks: [10.0.0.0/8]",
                        "namespaces: [\"prod-*\"]")
                .set()
                .ofMaxSize(3)
                .map(parts -> parts.stream()
                        .collect(Collectors.toMap(
                                part -> part.substring(0, part.indexOf(':')), part -> part, (one, other) -> one))
                        .values()
                        .stream()
                        .sorted()
                        .collect(Collectors.joining(", ")));
    }

    static Arbitrary<Question> question() {
        return Combinators.combine(image(), who(), content()).as(Question::new);
    }

    private static Arbitrary<String> image() {
        return Combinators.combine(
                        Arbitraries.of("a.io/x/y", "a.io/x/q/z", "a.io/w", "b.corp/y", "b.corp/x/z", "c.net/y"),
                        Arbitraries.of(":latest", ":v1", ":2", ":other", ":sha256-@64.sig", "@a", "@b", "@c"))
                .as((repository, reference) -> repository + reference);
    }

    private static Arbitrary<String> who() {
        return Arbitraries.of(
                "anybody", "ip=10.0.0.1", "user=alice", "user=bob group=ops", "ns=prod-a sa=x", "operator");
    }

    /** A request by tag is judged under that tag, so standings are given only for digests; see {@link #fair}. */
    private static Arbitrary<String> content() {
        Arbitrary<String> what = Arbitraries.of(
                "-",
                "size=10",
                "index",
                "docker",
                "urls",
                "on=linux/arm64",
                "on=none",
                "artifact=application/config",
                "subject",
                "subject layers=application/vnd.dsse.envelope.v1+json",
                "layers=application/vnd.dsse.envelope.v1+json");
        Arbitrary<String> under = Arbitraries.of(
                        "under=latest,80h,first", "under=v1", "under=v1,pinned", "under=2,1h", "under=sha256-@64.sig")
                .set()
                .ofMaxSize(3)
                .map(all -> String.join(" ", all));
        Arbitrary<String> digest = Arbitraries.of("digest=a", "digest=b", "digest=c");
        return Combinators.combine(what, under, digest).as((one, two, three) -> one + " " + two + "\u0000" + three);
    }

    /** Without what cannot be: other standings than the tag asked for, or another digest than was asked for. */
    static Question fair(Question question) {
        String[] halves = question.content().split("\u0000");
        boolean byDigest =
                question.image().indexOf('@') >= 0 && question.image().indexOf("@64") < 0;
        String content = byDigest ? halves[0] : halves[0].replaceAll("under=\\S+", "") + " " + halves[1];
        return new Question(question.image(), question.who(), content);
    }
}
