package io.entrepot.config;

import io.entrepot.config.PolicyRule.Effect;
import io.entrepot.config.PolicyRule.Mode;
import io.entrepot.oci.Glob;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds rules that nothing reaches since an earlier one decides all that they match, as far as that can be told at a glance. */
final class RuleOrder {

    private static final Glob ALL = new Glob("**");

    private final Map<PolicyMatch, PolicyRule> same = new HashMap<>();
    private final Map<Glob, PolicyRule> registries = new HashMap<>();
    private final Map<Glob, PolicyRule> repositories = new HashMap<>();
    private @Nullable PolicyRule everything;

    /** The earlier rule that hides this one, which is then an earlier one itself. */
    Optional<PolicyRule> hides(PolicyRule rule) {
        Optional<PolicyRule> hidden = rule.mode() == Mode.OFF ? Optional.empty() : hiding(rule.match());
        if (rule.mode() != Mode.OFF && !(rule.mode() == Mode.WARN && rule.effect() instanceof Effect.Deny)) {
            add(rule);
        }
        return hidden;
    }

    private Optional<PolicyRule> hiding(PolicyMatch match) {
        if (everything != null) {
            return Optional.of(everything);
        }
        PolicyRule equal = same.get(match);
        if (equal != null) {
            return Optional.of(equal);
        }
        Optional<PolicyRule> byRegistry = all(match.registries(), registries);
        return byRegistry.isPresent() ? byRegistry : allRepositories(match.repositories());
    }

    private static Optional<PolicyRule> all(List<Glob> globs, Map<Glob, PolicyRule> covered) {
        return globs.isEmpty() || !covered.keySet().containsAll(globs)
                ? Optional.empty()
                : Optional.ofNullable(covered.get(globs.get(0)));
    }

    private Optional<PolicyRule> allRepositories(List<Glob> globs) {
        Optional<PolicyRule> first = Optional.empty();
        for (Glob glob : globs) {
            Optional<PolicyRule> covering = covering(glob.pattern());
            if (covering.isEmpty()) {
                return Optional.empty();
            }
            first = first.isPresent() ? first : covering;
        }
        return first;
    }

    /** Itself, a part of the path with two stars behind it, or the registry. */
    private Optional<PolicyRule> covering(String pattern) {
        PolicyRule found = repositories.get(new Glob(pattern));
        int slash = pattern.indexOf('/');
        if (found == null && slash > 0) {
            found = registries.get(new Glob(pattern.substring(0, slash)));
        }
        while (found == null && slash > 0) {
            found = repositories.get(new Glob(pattern.substring(0, Math.min(slash, 509)) + "/**"));
            slash = pattern.indexOf('/', slash + 1);
        }
        return Optional.ofNullable(found);
    }

    private void add(PolicyRule rule) {
        PolicyMatch match = rule.match();
        same.putIfAbsent(match, rule);
        if (match.equals(only(match.registries(), match.repositories()))) {
            addNames(rule, match);
        }
    }

    private void addNames(PolicyRule rule, PolicyMatch match) {
        boolean anyRegistry = match.registries().isEmpty();
        boolean anyRepository =
                match.repositories().isEmpty() || match.repositories().contains(ALL);
        if (anyRegistry && anyRepository) {
            everything = rule;
        } else if (anyRepository) {
            match.registries().forEach(registry -> registries.putIfAbsent(registry, rule));
        } else if (anyRegistry) {
            match.repositories().forEach(repository -> repositories.putIfAbsent(repository, rule));
        }
    }

    private static PolicyMatch only(List<Glob> registries, List<Glob> repositories) {
        return new PolicyMatch(
                registries,
                repositories,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Optional.empty(),
                AskerMatch.ANYBODY);
    }
}
