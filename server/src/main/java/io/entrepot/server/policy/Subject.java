package io.entrepot.server.policy;

import io.entrepot.oci.Manifest;
import io.entrepot.oci.Platform;
import java.util.List;

/**
 * Content that is judged, and what is known of it.
 *
 * @param platforms what an image runs on, from the entries of the indexes that name it, else from its config; of an index its
 *     entries; empty if no rule asks, or none is said
 * @param standings asked for by tag: that tag alone; by digest: every tag that it stands under, perhaps none
 */
public record Subject(Manifest manifest, List<Platform> platforms, List<Standing> standings) {
    public Subject {
        platforms = List.copyOf(platforms);
        standings = List.copyOf(standings);
    }
}
