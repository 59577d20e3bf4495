package io.entrepot.server.access;

import io.entrepot.config.AccessConfig.Right;
import io.entrepot.config.AskerMatch;
import io.entrepot.oci.Glob;
import io.entrepot.oci.Repository;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Which repositories are for some alone. The first pattern that matches holds; where none does, everybody may read. */
record Rights(List<Right> rights) {

    Rights {
        rights = List.copyOf(rights);
    }

    /** Whether they may read it. */
    boolean admit(Principal principal, Repository repository) {
        if (rights.isEmpty() || principal instanceof Principal.Operator) {
            return true;
        }
        String name = repository.toString();
        for (Right right : rights) {
            if (right.repositories().stream().anyMatch(glob -> glob.matches(name))) {
                return right.read().stream().anyMatch(match -> isMeant(match, principal));
            }
        }
        return true;
    }

    private static boolean isMeant(AskerMatch match, Principal principal) {
        return (match.networks().isEmpty() || principal.isIn(match.networks()))
                && (principal instanceof Principal.Known known
                        ? isMeant(match, known)
                        : isMeant(match, groups(principal)));
    }

    private static boolean isMeant(AskerMatch match, Principal.Known known) {
        Identity who = known.identity();
        return fits(match.users(), List.of(who.name()))
                && fits(match.groups(), known.groups())
                && fits(match.namespaces(), pod(who, who.namespace()))
                && fits(match.serviceAccounts(), pod(who, who.namespace() + "/" + who.serviceAccount()));
    }

    /** Of somebody unknown only the network says in which groups they are. */
    private static boolean isMeant(AskerMatch match, Set<String> groups) {
        return match.users().isEmpty()
                && match.namespaces().isEmpty()
                && match.serviceAccounts().isEmpty()
                && fits(match.groups(), groups);
    }

    private static Set<String> groups(Principal principal) {
        return principal instanceof Principal.Peer peer ? peer.groups() : Set.of();
    }

    private static List<String> pod(Identity who, String text) {
        return who.namespace().isEmpty() ? List.of() : List.of(text);
    }

    private static boolean fits(List<Glob> globs, Collection<String> texts) {
        return globs.isEmpty() || globs.stream().anyMatch(glob -> texts.stream().anyMatch(glob::matches));
    }
}
