package io.entrepot.server.http;

import io.entrepot.oci.RegistryException;

/** What comes from the decoder: a request, or the reason why there will be none any more. */
sealed interface Received permits RequestHead, Received.Form, Received.Broken {

    /** A form that asks for a token: the only body that this server takes. As text it is nothing. */
    record Form(RequestHead head, String text) implements Received {

        @Override
        public String toString() {
            return "***";
        }
    }

    /** Bytes that are no request; nothing behind them can be understood either. */
    record Broken(RegistryException because) implements Received {}
}
