package io.entrepot.server.content;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.RegistryException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Blobs that we read ourselves, such as the config of an image: brought into the store like any other, then read whole. */
final class SmallBlobs {

    /** As containerd bounds what it reads into memory (remotes: 4 MiB and a little for a manifest; a config is far less). */
    private static final int MOST = 4 * 1024 * 1024;

    private final Store store;
    private final WholeBlobs whole;
    private final Blobs blobs;

    SmallBlobs(Store store, Blobs blobs) {
        this.store = store;
        this.whole = new WholeBlobs(store.blobs());
        this.blobs = blobs;
    }

    /** The bytes of a blob to which the right is established. */
    CompletableFuture<byte[]> read(Target target, Descriptor blob) {
        if (blob.size() > MOST) {
            return CompletableFuture.failedFuture(new RegistryException.BadUpstream(
                    target.digest() + " is " + blob.size() + " bytes (expected: a config of at most " + MOST + ")"));
        }
        return blobs.named(target, blob)
                .thenCompose(found -> brought(found.body()))
                .thenCompose(done -> store.call(() -> whole.read(target.digest(), MOST)))
                .thenApply(bytes -> bytes.orElseThrow(() -> new RegistryException.Unavailable(
                        target.digest() + " could not be kept, and is needed to decide", Duration.ofSeconds(5))));
    }

    /** A download is whole before it is in the store. */
    private static CompletableFuture<Boolean> brought(Body body) {
        CompletableFuture<Boolean> kept = body instanceof Body.Streamed streamed
                ? Draining.of(body).thenCompose(done -> streamed.kept())
                : CompletableFuture.completedFuture(true);
        return kept.whenComplete((done, failure) -> body.close());
    }
}
