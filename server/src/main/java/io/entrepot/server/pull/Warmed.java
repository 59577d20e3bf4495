package io.entrepot.server.pull;

import java.util.List;

/**
 * What it took to have an image here.
 *
 * @param bytes of all blobs and manifests
 * @param fetchedBytes of those that were not held before
 * @param referrers how many of the manifests refer to others, such as signatures
 * @param failures what could not be brought, and why, one line each
 */
public record Warmed(int manifests, int blobs, long bytes, long fetchedBytes, int referrers, List<String> failures) {

    public Warmed {
        failures = List.copyOf(failures);
    }
}
