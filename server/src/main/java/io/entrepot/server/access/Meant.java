package io.entrepot.server.access;

import io.entrepot.config.AskerMatch;
import io.entrepot.oci.Glob;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Who is meant by what the configuration says of somebody. */
public final class Meant {

    private Meant() {}

    /** Whether one of these means them. */
    public static boolean byAny(List<AskerMatch> matches, Principal principal) {
        return matches.stream().anyMatch(match -> by(match, principal));
    }

    private static boolean by(AskerMatch match, Principal principal) {
        return (match.networks().isEmpty() || principal.isIn(match.networks()))
                && (principal instanceof Principal.Known known ? by(match, known) : by(match, groups(principal)));
    }

    private static boolean by(AskerMatch match, Principal.Known known) {
        Identity who = known.identity();
        return fits(match.users(), List.of(who.name()))
                && fits(match.groups(), known.groups())
                && fits(match.namespaces(), pod(who, who.namespace()))
                && fits(match.serviceAccounts(), pod(who, who.namespace() + "/" + who.serviceAccount()));
    }

    /** Of somebody unknown only the network says in which groups they are. */
    private static boolean by(AskerMatch match, Set<String> groups) {
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
