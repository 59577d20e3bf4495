package io.entrepot.server.policy;

import io.entrepot.config.AskerMatch;
import io.entrepot.config.Network;
import io.entrepot.oci.Glob;
import java.util.List;
import java.util.Set;

/** Who is meant. What is not known of somebody matches nothing, not even {@code *}. */
final class MeantAskers {

    private final AskerMatch match;

    MeantAskers(AskerMatch match) {
        this.match = match;
    }

    boolean isAnybody() {
        return match.equals(AskerMatch.ANYBODY);
    }

    /** Whether somebody whose address is such would be meant if they were the right one. */
    boolean mayMean(Asker unknown) {
        return match.needsIdentity() && isInNetwork(unknown);
    }

    /** Whether they are meant. */
    Fit fit(Asker asker) {
        if (!isInNetwork(asker)) {
            return Field.NETWORKS.fits(false);
        }
        if (isNone(match.users(), asker.user())) {
            return Field.USERS.fits(false);
        }
        if (!match.groups().isEmpty() && !isInGroup(asker.groups())) {
            return Field.GROUPS.fits(false);
        }
        if (isNone(match.namespaces(), asker.namespace())) {
            return Field.NAMESPACES.fits(false);
        }
        return Field.SERVICE_ACCOUNTS.fits(match.serviceAccounts().isEmpty() || isServiceAccount(asker));
    }

    private static boolean isNone(List<Glob> globs, String known) {
        return !globs.isEmpty() && (known.isEmpty() || !ContentConditions.isOneOf(globs, known));
    }

    private boolean isInNetwork(Asker asker) {
        if (match.networks().isEmpty()) {
            return true;
        }
        for (Network network : match.networks()) {
            if (network.contains(asker.address())) {
                return true;
            }
        }
        return false;
    }

    private boolean isInGroup(Set<String> groups) {
        for (String group : groups) {
            if (ContentConditions.isOneOf(match.groups(), group)) {
                return true;
            }
        }
        return false;
    }

    private boolean isServiceAccount(Asker asker) {
        return !asker.namespace().isEmpty()
                && !asker.serviceAccount().isEmpty()
                && ContentConditions.isOneOf(match.serviceAccounts(), asker.namespace() + "/" + asker.serviceAccount());
    }
}
