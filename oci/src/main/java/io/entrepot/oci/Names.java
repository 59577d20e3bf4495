package io.entrepot.oci;

import java.util.Set;
import java.util.TreeSet;

/**
 * The names of an object's fields that we read. Clients written in Go take a name in any case for them, so that what we would
 * skip they would read: such a name is refused.
 */
final class Names {

    private final Set<String> exact;
    private final Set<String> inAnyCase = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

    Names(String... names) {
        this.exact = Set.of(names);
        this.inAnyCase.addAll(exact);
    }

    /** The name itself. @throws IllegalArgumentException if it is one of ours but for its case */
    String check(String name) {
        if (!exact.contains(name) && inAnyCase.contains(name)) {
            throw ManifestParser.invalid(
                    "has a field " + Excerpt.of(name) + " (expected: no such name but in its own case)");
        }
        return name;
    }
}
