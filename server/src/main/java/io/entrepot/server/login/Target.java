package io.entrepot.server.login;

import io.entrepot.oci.Registry;
import io.entrepot.server.net.Egress;
import java.net.URI;
import java.util.List;

/** Whom a login is for. */
record Target(Registry registry, URI url, Egress egress) {

    private static final String HUB_KEY = "https://index.docker.io/v1/";

    /** Its name in Docker's files, and what credential helpers are asked for. */
    String dockerKey() {
        return registry.equals(Registry.DOCKER_HUB) ? HUB_KEY : registry.name();
    }

    /** Every host under which Docker's files may know it. */
    List<String> dockerHosts() {
        return registry.equals(Registry.DOCKER_HUB)
                ? List.of("index.docker.io", "docker.io", "registry-1.docker.io", "registry.hub.docker.com")
                : List.of(registry.name());
    }

    /** The host of the registry, without a port. */
    String host() {
        int colon = registry.name().lastIndexOf(':');
        return colon < 0 ? registry.name() : registry.name().substring(0, colon);
    }
}
