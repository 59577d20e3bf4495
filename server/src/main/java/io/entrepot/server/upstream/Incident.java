package io.entrepot.server.upstream;

import io.entrepot.oci.Digest;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import java.time.Duration;

/** What an operator should know of an upstream. */
public sealed interface Incident {

    /** An endpoint failed again and again, or hangs: it is not asked but for one request now and then. */
    record EndpointSuspended(Registry upstream, String endpoint, String why) implements Incident {}

    /** One of several endpoints sent bytes that are not what the digest says; nobody got any of them, and the next is asked. */
    record WrongBytes(Registry upstream, String endpoint, Repository repository, Digest digest, String detail)
            implements Incident {}

    /** An endpoint that was not asked for so long answers again. */
    record EndpointResumed(Registry upstream, String endpoint, Duration after) implements Incident {}
}
