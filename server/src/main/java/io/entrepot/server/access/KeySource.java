package io.entrepot.server.access;

import io.entrepot.oci.RegistryException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Where the keys of an issuer come from. */
interface KeySource {

    /** Its keys, this one among them if it can be had; fails with {@link RegistryException.Unavailable} if none can. */
    CompletableFuture<List<Jwk>> keys(String kid);
}
