package io.entrepot.server.node.doctor;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** One of the addresses that a runtime asks for an image, in its order. */
public sealed interface Hop {

    /** As it is shown. */
    String shown();

    /** The registry itself, or whatever else the configuration says that it is not a mirror. It is never asked here. */
    record Registry(String shown) implements Hop {}

    /**
     * An address that may be a mirror: it is asked for the canary.
     *
     * @param canary where the runtime would ask it for an image that every mirror refuses
     * @param trust how it is spoken to
     */
    record Endpoint(String shown, URI canary, Trust trust) implements Hop {}

    /**
     * How an endpoint is spoken to.
     *
     * @param authorities certificates that are trusted beside the system's, PEM files
     * @param clients of our own, each the certificate and, if that is another file, the key
     * @param insecure whether its certificate is not looked at
     * @param headers that are sent along; secrets may be among them
     */
    record Trust(
            List<Path> authorities, List<List<Path>> clients, boolean insecure, Map<String, List<String>> headers) {

        static final Trust PLAIN = new Trust(List.of(), List.of(), false, Map.of());

        public Trust {
            authorities = List.copyOf(authorities);
            clients = List.copyOf(clients);
            headers = Map.copyOf(headers);
        }

        /** A header may be a secret. */
        @Override
        public String toString() {
            return "Trust[" + authorities + ", " + clients + ", " + insecure + ", " + headers.keySet() + "]";
        }
    }
}
