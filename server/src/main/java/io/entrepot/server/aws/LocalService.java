package io.entrepot.server.aws;

import io.entrepot.server.net.Clients;
import io.entrepot.server.net.HttpClient;
import java.net.URI;
import java.time.Duration;
import java.util.Set;

/** A service of the machine, at a literal address: nothing else is dialled. */
record LocalService(URI address, HttpClient client) {

    /** @param address as in {@code http://169.254.169.254} */
    static LocalService at(String address, Duration patience, Clients clients) {
        URI uri = URI.create(address);
        String host = uri.getHost() == null ? "" : uri.getHost().replaceAll("[\\[\\]]", "");
        return new LocalService(uri, clients.only(Set.of(host), patience));
    }

    /** The address of a path on it. */
    URI uri(String path) {
        return address.resolve(path);
    }
}
