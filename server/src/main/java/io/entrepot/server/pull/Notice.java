package io.entrepot.server.pull;

import java.time.Duration;

/** Something that the client should know of an answer. */
public sealed interface Notice {

    /** The tag could not be checked with the upstream, which last confirmed it {@code age} ago. */
    record Stale(String because, Duration age) implements Notice {}

    /** A rule in mode {@code warn} would have refused it, in these words. */
    record Warned(String what) implements Notice {}

    /** The upstream could not be asked: these are the tags known here, perhaps not all there are. */
    record KnownTagsOnly(String because) implements Notice {}
}
