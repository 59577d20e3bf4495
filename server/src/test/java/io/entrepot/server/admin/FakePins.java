package io.entrepot.server.admin;

import io.entrepot.oci.Digest;
import io.entrepot.oci.ImageRef;
import io.entrepot.oci.Reference.ByDigest;
import io.entrepot.server.content.Promoted;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** One image of which something waits to be promoted: docker.io/library/alpine:3.20. */
final class FakePins implements Pins {

    static final Digest DIGEST = Digest.of(new byte[] {1});

    @Override
    public CompletableFuture<List<Map<String, Object>>> all() {
        return CompletableFuture.completedFuture(List.of(Map.of("kind", "proposal")));
    }

    @Override
    public CompletableFuture<ImageRef> upstream(ImageRef image) {
        return CompletableFuture.completedFuture(new ImageRef(image.repository(), new ByDigest(DIGEST)));
    }

    @Override
    public CompletableFuture<Optional<Promoted>> promote(ImageRef image, Optional<Digest> digest, String by) {
        boolean waits = image.toString().equals("docker.io/library/alpine:3.20") && by.equals("alice b");
        return CompletableFuture.completedFuture(
                waits ? Optional.of(new Promoted(Promoted.What.PIN, digest.orElse(DIGEST))) : Optional.empty());
    }
}
