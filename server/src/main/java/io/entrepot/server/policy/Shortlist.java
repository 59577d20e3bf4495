package io.entrepot.server.policy;

import io.entrepot.config.AskerMatch;
import io.entrepot.config.PolicyMatch;
import io.entrepot.config.PolicyMatch.TagMatcher;
import io.entrepot.oci.Glob;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Finds among the rules of one repository those that can fit a question without trying all: a rule that names tags, or people, in
 * full and without a star is looked up by one such list.
 */
final class Shortlist {

    private final List<CompiledRule> all;
    private final List<CompiledRule> others = new ArrayList<>();
    private final Map<Field, Map<String, List<CompiledRule>>> named = new EnumMap<>(Field.class);

    Shortlist(List<CompiledRule> all) {
        this.all = all;
        all.forEach(this::add);
    }

    private void add(CompiledRule rule) {
        PolicyMatch match = rule.rule().match();
        AskerMatch asker = match.asker();
        if (isPlain(match.tags().stream().map(Shortlist::text).toList())) {
            add(Field.TAGS, match.tags().stream().map(Shortlist::text), rule);
        } else if (isPlain(texts(asker.users()))) {
            add(Field.USERS, texts(asker.users()).stream(), rule);
        } else if (isPlain(texts(asker.serviceAccounts()))) {
            add(Field.SERVICE_ACCOUNTS, texts(asker.serviceAccounts()).stream(), rule);
        } else if (isPlain(texts(asker.namespaces()))) {
            add(Field.NAMESPACES, texts(asker.namespaces()).stream(), rule);
        } else if (isPlain(texts(asker.groups()))) {
            add(Field.GROUPS, texts(asker.groups()).stream(), rule);
        } else {
            others.add(rule);
        }
    }

    private void add(Field field, Stream<String> names, CompiledRule rule) {
        Map<String, List<CompiledRule>> byName = named.computeIfAbsent(field, key -> new HashMap<>());
        names.distinct()
                .forEach(name ->
                        byName.computeIfAbsent(name, key -> new ArrayList<>()).add(rule));
    }

    /** What is no glob reads like one that matches more than itself. */
    private static String text(TagMatcher matcher) {
        return matcher instanceof TagMatcher.Named tag ? tag.glob().pattern() : "*";
    }

    private static List<String> texts(List<Glob> globs) {
        return globs.stream().map(Glob::pattern).toList();
    }

    private static boolean isPlain(List<String> names) {
        return !names.isEmpty() && names.stream().noneMatch(name -> name.indexOf('*') >= 0);
    }

    /** In the order of the rules. What is left out does not fit. */
    List<CompiledRule> near(Facts facts) {
        Asker asker = facts.asker();
        if (asker.operator() || (facts.isAnyTag() && named.containsKey(Field.TAGS))) {
            return all;
        }
        List<CompiledRule> found = join(others, named(Field.TAGS, facts.tagName()));
        found = join(found, named(Field.USERS, asker.user()));
        found = join(found, named(Field.NAMESPACES, asker.namespace()));
        if (named.containsKey(Field.SERVICE_ACCOUNTS)) {
            found = join(found, named(Field.SERVICE_ACCOUNTS, asker.namespace() + "/" + asker.serviceAccount()));
        }
        if (named.containsKey(Field.GROUPS)) {
            for (String group : asker.groups()) {
                found = join(found, named(Field.GROUPS, group));
            }
        }
        return found;
    }

    private List<CompiledRule> named(Field field, String name) {
        Map<String, List<CompiledRule>> byName = named.get(field);
        return byName == null ? List.of() : byName.getOrDefault(name, List.of());
    }

    private static List<CompiledRule> join(List<CompiledRule> some, List<CompiledRule> more) {
        if (some.isEmpty() || more.isEmpty()) {
            return some.isEmpty() ? more : some;
        }
        List<CompiledRule> joined = new ArrayList<>(some.size() + more.size());
        int next = 0;
        for (CompiledRule rule : more) {
            while (next < some.size() && some.get(next).position() < rule.position()) {
                joined.add(some.get(next++));
            }
            // Of several groups that somebody is in, each may lead to the same rule.
            if (next == some.size() || some.get(next) != rule) {
                joined.add(rule);
            }
        }
        joined.addAll(some.subList(next, some.size()));
        return joined;
    }
}
