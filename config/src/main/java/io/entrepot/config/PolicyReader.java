package io.entrepot.config;

import io.entrepot.config.PinConfig.FirstSeen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Reads what may be pulled: the section of the main file, the rules of its directory behind it. */
final class PolicyReader {

    private static final int MOST_FILES = 1_000;

    private final Section policy;
    private final boolean given;
    private final RuleDoubts doubts;
    private final RuleOrder order = new RuleOrder();
    private final Map<String, String> names = new HashMap<>();

    PolicyReader(Section root, RuleDoubts doubts) {
        this.doubts = doubts;
        // a section of which every line is a comment is one in which nothing is allowed
        this.given = root.mentions("policy");
        this.policy = root.section("policy");
    }

    private enum Default {
        DENY,
        ALLOW
    }

    PolicyConfig read() {
        Default otherwise = policy.choice("default", Default.DENY);
        List<PolicyRule> rules = new ArrayList<>(rules(policy));
        policy.optional("directory", Text::path).ifPresent(directory -> rules.addAll(directory(directory)));
        List<Path> denied = policy.list("deny-digests", this::digests);
        PinConfig pins = pins(policy.section("pins"));
        Duration grace = policy.duration("in-use-grace", Duration.ZERO);
        policy.end();
        return given ? new PolicyConfig(otherwise == Default.ALLOW, rules, denied, pins, grace) : PolicyConfig.NONE;
    }

    private List<PolicyRule> rules(Section section) {
        List<PolicyRule> rules = new ArrayList<>();
        for (Section each : section.sections("rules")) {
            int before = each.reading().problems().count();
            PolicyRule rule = RuleReader.read(each);
            requireOwnName(each, rule);
            if (each.reading().problems().count() == before) {
                // what was not understood of a rule is no ground to speak of others
                requireUse(each, rule);
                doubts.say(each, rule);
            }
            rules.add(rule);
        }
        return rules;
    }

    private void requireUse(Section section, PolicyRule rule) {
        order.hides(rule)
                .ifPresent(earlier -> section.problem(
                        "match",
                        "never reached, rule " + earlier.name() + " (" + earlier.where()
                                + ") decides all of it (expected: the first that matches holds, so the"
                                + " narrower one first)"));
    }

    private void requireOwnName(Section section, PolicyRule rule) {
        String before = rule.name().isEmpty() ? null : names.putIfAbsent(rule.name(), rule.where());
        if (before != null) {
            section.problem("name", rule.name() + " is the name of the rule in " + before + " (expected: its own)");
        }
    }

    private List<PolicyRule> directory(Path directory) {
        List<PolicyRule> rules = new ArrayList<>();
        try (Stream<Path> found = Files.list(directory)) {
            List<Path> files = found.filter(
                            file -> file.getFileName().toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
            if (files.size() > MOST_FILES) {
                policy.problem("directory", directory + " has more than " + MOST_FILES + " files");
                return rules;
            }
            files.forEach(file -> rules.addAll(file(file)));
        } catch (IOException e) {
            policy.problem("directory", directory + " cannot be read: " + FileReason.of(directory, e));
        }
        return rules;
    }

    private List<PolicyRule> file(Path file) {
        Reading reading = policy.reading().in(file.toString());
        try {
            Section section =
                    Section.root(new YamlReader(file.toString()).read(ReadableFile.text(file.toString())), reading);
            List<PolicyRule> rules = rules(section);
            section.end();
            return rules;
        } catch (ConfigException e) {
            reading.problems().addAll(e.problems());
        } catch (IllegalArgumentException e) {
            reading.problems().add(0, String.valueOf(e.getMessage()));
        }
        return List.of();
    }

    private Path digests(String file) {
        Path path = Text.path(file);
        try {
            DigestFile.read(path);
        } catch (ConfigException e) {
            addAll(e, policy, "");
        }
        return path;
    }

    private static Path pins(Section section, String file) {
        Path path = Text.path(file);
        if (!Files.exists(path)) {
            // a file that is gone would be pins that are gone, so that none is not as good as an empty one
            throw new IllegalArgumentException(
                    file + " does not exist (expected: the lock file, in the beginning an empty"
                            + " file, which entrepot pins update fills)");
        }
        try {
            PinFile.load(path);
        } catch (ConfigException e) {
            addAll(e, section, file + " ");
        }
        return path;
    }

    /** What is wrong in a line of another file stands there; that it cannot be read, where it is named. */
    static void addAll(ConfigException e, Section section, String name) {
        for (ConfigProblem problem : e.problems()) {
            if (problem.line() == 0) {
                throw new IllegalArgumentException(name + problem.message());
            }
        }
        section.reading().problems().addAll(e.problems());
    }

    private static PinConfig pins(Section pins) {
        List<FirstSeen> firstSeen = new ArrayList<>();
        for (Section each : pins.sections("first-seen")) {
            Section match = each.section("match");
            PolicyMatch names = MatchReader.names(match);
            match.end();
            Section by = each.section("pin-by");
            AskerMatch asker = AskerReader.of(by);
            AskerReader.KEYS.forEach(key -> MatchReader.refuseEmpty(by, key));
            by.end();
            firstSeen.add(new FirstSeen(names, asker, each.flag("confirm")));
            each.end();
        }
        PinConfig config = new PinConfig(pins.optional("file", file -> pins(pins, file)), firstSeen);
        pins.end();
        return config;
    }
}
