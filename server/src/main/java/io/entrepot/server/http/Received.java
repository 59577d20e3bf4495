package io.entrepot.server.http;

import io.entrepot.oci.RegistryException;

/** What comes from the decoder: a request, or the reason why there will be none any more. */
sealed interface Received permits RequestHead, Received.Broken {

    /** Bytes that are no request; nothing behind them can be understood either. */
    record Broken(RegistryException because) implements Received {}
}
