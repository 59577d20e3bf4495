package io.entrepot.server.pull;

import io.entrepot.oci.ImageRef;
import io.entrepot.oci.Platform;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Pulls images as clients would, under the same rules and on the same record, so that they are here before anybody asks.
 * What is held already is not fetched again: an image that was brought in half goes on where it ended.
 */
public final class Warmer {

    private final PullService pulls;

    public Warmer(PullService pulls) {
        this.pulls = pulls;
    }

    /**
     * Brings an image with all that it names and all that refers to it. Never fails: what could not be brought stands in
     * the result.
     *
     * @param platforms of an index only these; empty for all
     */
    public CompletableFuture<Warmed> warm(ImageRef image, List<Platform> platforms) {
        return new Warming(pulls, image.repository(), platforms).bring(image.reference());
    }
}
