package io.entrepot.server.pull;

import io.entrepot.oci.Repository;
import io.entrepot.server.upstream.Caller;
import io.entrepot.server.upstream.Payer;
import io.entrepot.server.upstream.Upstream;

/**
 * Which repository of which upstream a client means.
 *
 * @param asked the name as the client gave it, registry included, before aliases
 * @param how what told the registry
 */
public record Route(String asked, How how, Repository repository, Upstream upstream) {

    /** The same, on behalf of somebody, asked with what they brought where it is asked with that. */
    Route onBehalfOf(Payer payer, Caller caller) {
        return new Route(asked, how, repository, upstream.onBehalfOf(payer).with(caller));
    }

    /** Whether the upstream is asked for it with what callers bring. */
    boolean isPassThrough() {
        return upstream.isPassThrough(repository);
    }

    /** Where the registry was named. */
    public enum How {
        PATH,
        NS,
        HOST,
        DEFAULT
    }
}
