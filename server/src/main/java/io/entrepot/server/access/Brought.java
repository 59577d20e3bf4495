package io.entrepot.server.access;

import io.entrepot.config.Secret;
import io.entrepot.oci.Repository;
import java.util.Set;

/**
 * A login at an upstream that somebody brought, to be asked there with: here it proves nothing.
 *
 * @param id tells it from others, and says nothing of what it is; it is another after a restart
 * @param repositories for which it was brought; for no other one it is used
 */
public record Brought(String id, String username, Secret password, Set<Repository> repositories) {

    public Brought {
        repositories = Set.copyOf(repositories);
    }

    boolean covers(Repository repository) {
        return repositories.contains(repository);
    }

    /** A secret. */
    @Override
    public String toString() {
        return "***";
    }
}
