package io.entrepot.server.access;

import io.entrepot.oci.Repository;
import java.util.Set;

/**
 * What a proof is good for.
 *
 * @param everything whatever its bearer may do; else these repositories alone
 */
public record Grant(boolean everything, Set<Repository> repositories) {

    public static final Grant EVERYTHING = new Grant(true, Set.of());

    public Grant {
        repositories = Set.copyOf(repositories);
    }

    static Grant of(Set<Repository> repositories) {
        return new Grant(false, repositories);
    }

    boolean covers(Repository repository) {
        return everything || repositories.contains(repository);
    }
}
