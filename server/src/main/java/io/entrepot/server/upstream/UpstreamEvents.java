package io.entrepot.server.upstream;

import java.time.Instant;

/** Told how each request to an upstream ended; the implementation returns at once and does not throw. */
@FunctionalInterface
public interface UpstreamEvents {

    /** The result of a token request that was never sent: the upstream named a token server that it may not name. */
    String FORBIDDEN_REALM = "FORBIDDEN_REALM";

    /**
     * One request, redirects included.
     *
     * @param upstream its key in the configuration, which may be a pattern
     * @param result an HTTP status; where that says nothing, {@code INVALID} for a head that cannot be right, the name of
     *     a {@link io.entrepot.server.net.NetException.Kind}, or {@link #FORBIDDEN_REALM}
     * @param nanos from the request to the head of its answer
     */
    record Asked(String upstream, Endpoint endpoint, String result, long nanos) {}

    /** What was asked for; {@code ROOT} is {@code /v2/}, asked where a 401 said nothing of how to authenticate. */
    enum Endpoint {
        MANIFEST_HEAD,
        MANIFEST,
        BLOB_HEAD,
        BLOB,
        TAGS,
        REFERRERS,
        TOKEN,
        ROOT
    }

    void asked(Asked asked);

    /** An answer of an upstream said what time it is there; any upstream may say anything. */
    default void dated(Instant date) {}

    /** A request to the upstream with this key failed, and is sent once more. */
    default void repeated(String upstream) {}

    /** An endpoint of the upstream with this key failed, and the next one is asked. */
    default void passedOn(String upstream) {}

    default void noticed(Incident incident) {}
}
