package io.entrepot.server.node.doctor;

import java.util.List;

/**
 * Whom a runtime asks for the images of a registry.
 *
 * @param registry its name, or {@code *} for all that are not named
 * @param release of the runtime for which this holds; empty: all
 * @param hops in the order in which they are asked; none: nobody is
 * @param findings why it is so, where that is not as it should be
 */
record Ways(String registry, String release, List<Hop> hops, List<Finding> findings) {

    Ways {
        hops = List.copyOf(hops);
        findings = List.copyOf(findings);
    }

    static Ways direct(String registry, String release, Finding why) {
        return new Ways(registry, release, List.of(Upstreams.itself(registry)), List.of(why));
    }
}
