package io.entrepot.config;

import io.entrepot.oci.Glob;
import java.util.List;

/**
 * Who is meant. Each list that is not empty must have one element that matches; an empty one matches anybody.
 *
 * @param serviceAccounts globs over {@code namespace/name}
 */
public record AskerMatch(
        List<Glob> users,
        List<Glob> groups,
        List<Network> networks,
        List<Glob> namespaces,
        List<Glob> serviceAccounts) {

    public static final AskerMatch ANYBODY = new AskerMatch(List.of(), List.of(), List.of(), List.of(), List.of());

    public AskerMatch {
        users = List.copyOf(users);
        groups = List.copyOf(groups);
        networks = List.copyOf(networks);
        namespaces = List.copyOf(namespaces);
        serviceAccounts = List.copyOf(serviceAccounts);
    }

    /** Whether more than an address must be known of somebody to say whether they are meant. */
    public boolean needsIdentity() {
        return !(users.isEmpty() && groups.isEmpty() && namespaces.isEmpty() && serviceAccounts.isEmpty());
    }
}
