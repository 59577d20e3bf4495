package io.entrepot.server.trust;

import io.entrepot.oci.Manifest;
import io.entrepot.oci.Repository;
import java.util.concurrent.CompletableFuture;

/** Signatures and attestations of a manifest. No rule can ask for any yet, so none are looked for. */
public final class Trust {

    private static final CompletableFuture<Evidence> NOTHING_ASKED =
            CompletableFuture.completedFuture(new Evidence.NotAsked());

    /** Evidence for a verdict on this manifest. */
    public CompletableFuture<Evidence> examine(Repository repository, Manifest manifest) {
        return NOTHING_ASKED;
    }

    /** What was found. */
    public sealed interface Evidence {

        /** Nothing, because no rule asks. */
        record NotAsked() implements Evidence {}
    }
}
