package io.entrepot.server.admin;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Says what would become of an image reference: its route, its upstream, how long its tag is believed, what is held. */
@FunctionalInterface
public interface Explainer {

    /** Says it. The future fails with a {@link io.entrepot.oci.RegistryException} if there is no route for the image. */
    CompletableFuture<Map<String, Object>> explain(String image);
}
