package io.entrepot.server.inspect;

import io.entrepot.config.AskerMatch;
import io.entrepot.config.MirrorConfig;
import io.entrepot.config.PolicyRule;
import io.entrepot.oci.Glob;
import io.entrepot.oci.ImageRef;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import io.entrepot.server.inspect.Ruling.State;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which namespaces may pull from which registries, tried on one repository for each pattern that the rules have, and on one
 * that they have no pattern for.
 */
public record PolicyMatrix(MirrorConfig config, Rulings rulings, Instant now) {

    /** How much of a registry may be pulled. */
    public enum Cell {
        ALL,
        SOME,
        NONE
    }

    private static final String ANYTHING = "any";

    /** Those that rules and rights name, patterns as they are written, and none. */
    public List<String> namespaces() {
        Set<String> all = new LinkedHashSet<>(Set.of(""));
        askers().forEach(asker -> {
            asker.namespaces().forEach(glob -> all.add(glob.toString()));
            asker.serviceAccounts().forEach(glob -> all.add(glob.toString().split("/", -1)[0]));
        });
        return List.copyOf(all);
    }

    private Stream<AskerMatch> askers() {
        return Stream.concat(
                rules().map(rule -> rule.match().asker()),
                config.access().rights().stream().flatMap(right -> right.read().stream()));
    }

    private Stream<PolicyRule> rules() {
        return config.policy().rules().stream();
    }

    /** The upstreams that are no pattern. */
    public List<Registry> registries() {
        return config.upstreams().keySet().stream()
                .sorted(Comparator.comparing(Registry::name))
                .toList();
    }

    /** What may be pulled there. */
    public Cell cell(String namespace, Registry registry) {
        Who who = namespace.isEmpty() ? Who.ANYBODY : Who.in(name(namespace), "");
        Set<Cell> cells = new LinkedHashSet<>();
        repositories(registry).forEach(repository -> cells.add(cell(repository, who)));
        return cells.size() == 1 ? cells.iterator().next() : Cell.SOME;
    }

    private Cell cell(Repository repository, Who who) {
        if (rulings.anything(repository, who, now).state() == State.DENY) {
            return Cell.NONE;
        }
        boolean all = tags().allMatch(tag ->
                rulings.of(new ImageRef(repository, tag), who, now).state() == State.ALLOW);
        return all ? Cell.ALL : Cell.SOME;
    }

    private static Stream<Tag> tags() {
        return Stream.of(new Tag("1.2.3"), new Tag("latest"));
    }

    private Collection<Repository> repositories(Registry registry) {
        Set<Repository> all = new LinkedHashSet<>(Set.of(new Repository(registry, "any/repository")));
        Stream<Glob> globs = Stream.concat(
                rules().flatMap(rule -> rule.match().repositories().stream()),
                config.access().rights().stream().flatMap(right -> right.repositories().stream()));
        globs.map(glob -> name(glob.toString()))
                .filter(name -> name.startsWith(registry.name() + "/"))
                .forEach(name -> all.add(
                        new Repository(registry, name.substring(registry.name().length() + 1))));
        return all;
    }

    /** A name that the pattern matches. */
    private static String name(String pattern) {
        return pattern.replaceAll("\\*+", ANYTHING);
    }
}
