package io.entrepot.server.policy;

import java.net.InetAddress;
import java.util.Set;

/**
 * Who asks, as rules see them. What is not known of them is empty.
 *
 * @param operator whoever runs the mirror, who stands for anybody: what a rule allows to somebody is allowed to them
 * @param user the name that they proved
 * @param namespace of the Kubernetes service account that they proved to be
 * @param serviceAccount its name within the namespace
 */
public record Asker(
        boolean operator,
        String user,
        Set<String> groups,
        InetAddress address,
        String namespace,
        String serviceAccount) {

    public Asker {
        groups = Set.copyOf(groups);
    }

    /** Somebody of whom nothing but the address is known. */
    public static Asker at(InetAddress address) {
        return new Asker(false, "", Set.of(), address, "", "");
    }

    /** Whether they proved who they are. */
    public boolean isKnown() {
        return operator || !user.isEmpty();
    }
}
