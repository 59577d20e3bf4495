package io.entrepot.server.pull;

import io.entrepot.config.MirrorConfig.TagPattern;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Repository;
import io.entrepot.server.access.Principal;
import io.entrepot.server.upstream.Upstream;
import java.time.Duration;

/**
 * What is known of a pull once its names are understood.
 *
 * @param asked what is wanted, as the client wrote it
 * @param head whether the headers alone are wanted
 * @param began when, by {@link System#nanoTime}
 */
record Pull(
        Settings settings,
        Route route,
        Principal principal,
        Client client,
        Wanted wanted,
        String asked,
        boolean head,
        long began,
        Judge judge) {

    private static final TagPattern NOT_A_TAG =
            new TagPattern("**", TagPattern.Mode.NEVER, Duration.ZERO, Duration.ZERO, Duration.ZERO, false, false);

    Repository repository() {
        return route.repository();
    }

    Upstream upstream() {
        return route.upstream();
    }

    /** How long a tag is believed; a digest has no such thing. */
    TagPattern freshness(Reference reference) {
        return reference instanceof Reference.Tag tag ? settings.tags().match(repository(), tag) : NOT_A_TAG;
    }
}
