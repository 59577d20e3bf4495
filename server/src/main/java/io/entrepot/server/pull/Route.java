package io.entrepot.server.pull;

import io.entrepot.oci.Repository;
import io.entrepot.server.upstream.Upstream;

/**
 * Which repository of which upstream a client means.
 *
 * @param asked the name as the client gave it, registry included, before aliases
 * @param how what told the registry
 */
public record Route(String asked, How how, Repository repository, Upstream upstream) {

    /** Where the registry was named. */
    public enum How {
        PATH,
        NS,
        HOST,
        DEFAULT
    }
}
