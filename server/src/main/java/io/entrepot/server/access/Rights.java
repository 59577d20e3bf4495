package io.entrepot.server.access;

import io.entrepot.config.AccessConfig.Right;
import io.entrepot.oci.Repository;
import java.util.List;

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
                return Meant.byAny(right.read(), principal);
            }
        }
        return true;
    }
}
