package io.entrepot.server.access;

import io.entrepot.config.AccessConfig.Group;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** In which groups the configuration puts somebody: by their name, or by the network that they come from. */
record Groups(Map<String, Group> groups) {

    Groups {
        groups = Map.copyOf(groups);
    }

    /** Of somebody of whom the address is known alone. */
    Set<String> at(InetAddress address) {
        if (groups.isEmpty()) {
            return Set.of();
        }
        Set<String> in = new HashSet<>();
        groups.forEach((name, group) -> {
            if (group.networks().stream().anyMatch(network -> network.contains(address))) {
                in.add(name);
            }
        });
        return in;
    }

    /** Of somebody who is known, with those that their proof names. */
    Set<String> of(Identity who, InetAddress address) {
        Set<String> in = new HashSet<>(at(address));
        in.addAll(who.groups());
        groups.forEach((name, group) -> {
            if (group.users().stream().anyMatch(glob -> glob.matches(who.name()))) {
                in.add(name);
            }
        });
        return in;
    }
}
