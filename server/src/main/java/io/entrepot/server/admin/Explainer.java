package io.entrepot.server.admin;

import io.entrepot.server.inspect.Who;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Says what would become of a pull: its route, its upstream, how long its tag is believed, what is held, and what the rules say
 * of it for somebody.
 */
@FunctionalInterface
public interface Explainer {

    /** Says it. The future fails with a {@link io.entrepot.oci.RegistryException} if there is no route for the image. */
    CompletableFuture<Map<String, Object>> explain(String image, Who who);
}
