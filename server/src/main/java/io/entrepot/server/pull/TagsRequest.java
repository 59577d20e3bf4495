package io.entrepot.server.pull;

/**
 * A page of a repository's tags that a client asks for.
 *
 * @param limit at most so many; {@link #NO_LIMIT} if the client has no wish
 * @param last those after this tag; empty for the first page
 */
public record TagsRequest(Address address, int limit, String last, Client client) {

    public static final int NO_LIMIT = -1;

    /** The most that one page has, whatever the client wishes. */
    public static final int MAX_LIMIT = 1_000;
}
