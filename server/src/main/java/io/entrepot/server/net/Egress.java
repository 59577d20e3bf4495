package io.entrepot.server.net;

import io.entrepot.config.HttpProxy;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * How far a client may go: which addresses, which redirects, how long it waits, how many connections it holds.
 *
 * @param internal plain HTTP, private and loopback addresses are meant (never link-local or metadata ones)
 * @param redirectHosts for an internal upstream, the hosts (host or host:port) that it may redirect to; any other
 *     upstream may redirect to any public https host
 * @param ca PEM certificates trusted beside the JDK's
 * @param connect to an open connection, TLS included
 * @param headers from the request to the headers of the answer
 * @param idle between two reads of a body
 * @param connections at most so many to one origin; more requests wait, within {@code headers}
 * @param proxy what connections go through, but for the hosts that it leaves out
 */
public record Egress(
        boolean internal,
        Set<String> redirectHosts,
        Optional<Path> ca,
        Duration connect,
        Duration headers,
        Duration idle,
        int connections,
        Optional<HttpProxy> proxy) {

    private static final Duration ISSUERS_CONNECT = Duration.ofSeconds(3);
    private static final Duration ISSUERS_ANSWER = Duration.ofSeconds(5);

    /** Without a proxy. */
    public Egress(
            boolean internal,
            Set<String> redirectHosts,
            Optional<Path> ca,
            Duration connect,
            Duration headers,
            Duration idle,
            int connections) {
        this(internal, redirectHosts, ca, connect, headers, idle, connections, Optional.empty());
    }

    public Egress {
        redirectHosts = Set.copyOf(redirectHosts);
    }

    /**
     * For a service that logs us in, at an https address that is ours to choose: its name may well have a private address
     * (a VPC endpoint). It redirects to nobody.
     *
     * @param proxy of the upstream that it logs us in to
     */
    public static Egress toVendor(Duration patience, Optional<HttpProxy> proxy) {
        return new Egress(true, Set.of(), Optional.empty(), patience, patience, patience, 4, proxy);
    }

    /**
     * For the keys of somebody who issues tokens, whose name may well have a private address; what can only be inside, as
     * {@code kubernetes.default.svc}, is connected to.
     */
    public static Egress toIssuer(URI url, Optional<Path> ca, Optional<HttpProxy> proxy) {
        Optional<HttpProxy> through = ProxiedNames.canOnlyBeInside(Origin.of(url)) ? Optional.empty() : proxy;
        return new Egress(true, Set.of(), ca, ISSUERS_CONNECT, ISSUERS_ANSWER, ISSUERS_ANSWER, 2, through);
    }

    /** What a connection to this origin goes through; empty: it is connected to. */
    Optional<HttpProxy> proxyFor(Origin origin) {
        return proxy.filter(through -> through.isFor(origin.name(), origin.port()));
    }
}
