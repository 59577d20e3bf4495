package io.entrepot.server.admin;

import io.entrepot.oci.Digest;
import io.entrepot.oci.ImageRef;
import io.entrepot.server.content.Promoted;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What tags are pinned to. Futures fail with a {@link io.entrepot.oci.RegistryException} if an image has no route. */
public interface Pins {

    /** Every pin and what waits to be promoted, as {@link io.entrepot.server.inspect.PinLines} describes it. */
    CompletableFuture<List<Map<String, Object>>> all();

    /** What the upstream says now that a tag means, whatever it is pinned to, by digest; the manifest is verified. */
    CompletableFuture<ImageRef> upstream(ImageRef image);

    /** Makes hold what a first pull proposed, this digest if one is given, or a return; empty if nothing waits for it. */
    CompletableFuture<Optional<Promoted>> promote(ImageRef image, Optional<Digest> digest, String by);
}
