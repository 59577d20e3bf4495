package io.entrepot.server.policy;

import io.entrepot.config.PolicyMatch;
import io.entrepot.oci.Glob;
import io.entrepot.oci.Repository;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the rules that can speak of a repository without trying all: each stands in a tree at the segments of its pattern that
 * have no star in them, so that only rules on the way to a repository are tried.
 */
final class RuleIndex {

    private final Node root = new Node();

    RuleIndex(List<CompiledRule> rules) {
        rules.forEach(this::add);
    }

    private void add(CompiledRule rule) {
        PolicyMatch match = rule.rule().match();
        List<Glob> patterns = match.repositories().isEmpty() ? match.registries() : match.repositories();
        if (patterns.isEmpty()) {
            root.here.add(rule);
        }
        patterns.stream().map(RuleIndex::place).distinct().forEach(place -> add(place, rule));
    }

    /** The segments in front of the first that has a star. */
    private static List<String> place(Glob pattern) {
        List<String> plain = new ArrayList<>();
        for (String segment : pattern.pattern().split("/", -1)) {
            if (segment.indexOf('*') >= 0) {
                break;
            }
            plain.add(segment);
        }
        return plain;
    }

    private void add(List<String> place, CompiledRule rule) {
        Node node = root;
        for (String segment : place) {
            node = node.below.computeIfAbsent(segment, name -> new Node());
        }
        node.here.add(rule);
    }

    /** Those that speak of something in the repository, in the order of the rules. */
    List<CompiledRule> find(Repository repository) {
        List<CompiledRule> found = new ArrayList<>();
        Node node = root;
        String name = repository.toString();
        int from = 0;
        while (node != null) {
            node.collect(repository, found);
            if (from > name.length()) {
                break;
            }
            int slash = name.indexOf('/', from);
            int end = slash < 0 ? name.length() : slash;
            node = node.find(name.substring(from, end));
            from = end + 1;
        }
        found.sort(Comparator.comparingInt(CompiledRule::position));
        return found;
    }

    /** What stands at one segment. */
    private static final class Node {
        private final List<CompiledRule> here = new ArrayList<>();
        private final Map<String, Node> below = new HashMap<>();

        private @Nullable Node find(String segment) {
            return below.get(segment);
        }

        /** A rule of several patterns may stand at several segments on one way. */
        private void collect(Repository repository, List<CompiledRule> found) {
            for (CompiledRule rule : here) {
                if (!rule.fit(repository).isNo() && !found.contains(rule)) {
                    found.add(rule);
                }
            }
        }
    }
}
