package io.entrepot.server.pull;

import io.entrepot.oci.Digest;

/**
 * A page of the manifests that refer to one as their subject.
 *
 * @param artifactType only those of this type; empty for all
 * @param limit at most so many; {@link TagsRequest#NO_LIMIT} if the client has no wish
 * @param last those after the one of this digest; empty for the first page
 */
public record ReferrersRequest(
        Address address, Digest subject, String artifactType, int limit, String last, Client client) {

    /** The most that one page has, whatever the client wishes. */
    public static final int MAX_LIMIT = 1_000;
}
