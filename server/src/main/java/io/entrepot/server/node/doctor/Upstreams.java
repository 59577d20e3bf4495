package io.entrepot.server.node.doctor;

import io.entrepot.server.node.doctor.Hop.Endpoint;
import io.entrepot.server.node.doctor.Hop.Trust;
import io.entrepot.server.policy.Canary;
import java.net.URI;

/** The names of registries and of what is asked of them. */
final class Upstreams {

    /** All that nobody named. */
    static final String ANY = "*";

    private Upstreams() {}

    static Hop itself(String registry) {
        return new Hop.Registry(registry.equals(ANY) ? "the registry itself" : address(registry));
    }

    private static String address(String registry) {
        return "https://" + (registry.equals("docker.io") ? "registry-1.docker.io" : registry);
    }

    /** Whether that host is the registry's own. */
    static boolean isItself(String registry, String authority) {
        return authority.equals(registry) || (registry.equals("docker.io") && authority.equals("registry-1.docker.io"));
    }

    /**
     * Whom a containerd asks there: with the registry's name as {@code ns}.
     *
     * @param root the address, with the path that stands before the repository
     */
    static Hop namespaced(String registry, String shown, String root, Trust trust) {
        String named = registry.equals(ANY) ? Canary.REGISTRY : registry;
        URI uri = URI.create(root);
        if (isItself(registry, uri.getRawAuthority())) {
            return new Hop.Registry(shown);
        }
        return new Endpoint(shown, URI.create(root + Canary.manifest("") + "?ns=" + named.replace(":", "%3A")), trust);
    }

    /** Whom podman and its kin ask there: with the location's path before the repository's. */
    static Hop prefixed(String shown, URI root, String path, Trust trust) {
        String base = root.toString().replaceFirst("/+$", "");
        return new Endpoint(shown, URI.create(base + "/v2" + Canary.manifest(path)), trust);
    }
}
