package io.entrepot.server.net;

import io.entrepot.server.net.NetException.Kind;
import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Sends requests to the origins of one upstream; keeps connections alive, in a pool for each origin. No content coding:
 * {@code Accept-Encoding: identity} is always sent, and what comes is given out as it is.
 */
public final class HttpClient implements AutoCloseable {

    private final Egress egress;
    private final ClientTls tls;
    private final Pools pools;

    public HttpClient(EventLoopGroup loops, Egress egress) {
        this(loops, egress, SystemResolver.INSTANCE.share());
    }

    HttpClient(EventLoopGroup loops, Egress egress, Resolver resolver) {
        this(loops, egress, new AddressFilter(egress.internal()), resolver);
    }

    private HttpClient(EventLoopGroup loops, Egress egress, AddressFilter filter, Resolver resolver) {
        this.egress = egress;
        this.tls = new ClientTls(egress.ca());
        this.pools = new Pools(loops, egress, new Dialer(loops, egress, filter, resolver, tls));
    }

    /**
     * A client of a service that the machine has at an address where no registry is, such as a cloud's metadata: these
     * addresses and no others are dialled, by plain HTTP too, and no redirect leads to another host.
     *
     * @param addresses literal addresses, one at least
     * @param patience the deadline of each step: connecting, the head of an answer, each part of its body
     */
    public static HttpClient only(EventLoopGroup loops, Set<String> addresses, Duration patience) {
        Egress egress = new Egress(true, Set.of(), Optional.empty(), patience, patience, patience, 2);
        return new HttpClient(loops, egress, AddressFilter.only(addresses), SystemResolver.INSTANCE.share());
    }

    /**
     * Sends a request and follows redirects (at most 5; {@code Authorization} goes to the first origin only). Completes
     * when the headers of the final answer are here, on an event loop; at once if it cannot be sent at all. Fails with
     * {@link NetException}. Cancelling the future gives the request up.
     */
    public CompletableFuture<HttpReply> send(HttpCall call) {
        Origin origin;
        try {
            origin = Origin.of(call.uri());
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(
                    new NetException(Kind.FORBIDDEN_ADDRESS, String.valueOf(e.getMessage())));
        }
        if (!origin.secure() && !egress.internal()) {
            return CompletableFuture.failedFuture(new NetException(
                    Kind.FORBIDDEN_ADDRESS,
                    origin + " is plain HTTP (expected: https, or an upstream that is internal)"));
        }
        return Sending.start(call, origin, pools, egress);
    }

    /** Closes every connection; who waits for one is told so. */
    @Override
    public void close() {
        pools.close();
        tls.close();
    }
}
