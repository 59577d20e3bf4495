package io.entrepot.server.access;

import io.entrepot.config.Secret;
import io.entrepot.oci.Repository;
import java.util.Set;

/**
 * A login at an upstream that somebody brought, to be asked there with: here it proves nothing. It is a user name and a
 * password, or a token that the upstream's token server changes into others (an identity token, as Docker calls it).
 *
 * @param id tells it from others, and says nothing of what it is; it is another after a restart
 * @param repositories for which it was brought; for no other one it is used
 */
public record Brought(String id, String username, Secret password, Set<Repository> repositories) {

    /** The user name of who has an identity token instead, as Docker's own programs write it. */
    public static final String IDENTITY_TOKEN = "<token>";

    public Brought {
        repositories = Set.copyOf(repositories);
    }

    /** Whether the password is one. */
    public boolean isIdentityToken() {
        return username.equals(IDENTITY_TOKEN);
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
