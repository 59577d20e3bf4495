package io.entrepot.server.net;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import java.util.concurrent.RejectedExecutionException;

/** Opens connections to origins. */
final class Dialer {

    private final EventLoopGroup loops;
    private final Egress egress;
    private final AddressFilter filter;
    private final Resolver resolver;
    private final ClientTls tls;

    Dialer(EventLoopGroup loops, Egress egress, AddressFilter filter, Resolver resolver, ClientTls tls) {
        this.loops = loops;
        this.egress = egress;
        this.filter = filter;
        this.resolver = resolver;
        this.tls = tls;
    }

    /** Who wants a connection; told once, on the event loop of the channel. */
    interface Caller {

        /** It is connected, its handshake done; nothing is read from it that is not asked for. */
        void open(Channel channel);

        void failed(NetException why);
    }

    /** Dials within the deadline for connecting, which counts looking up and shaking hands. */
    void dial(Origin origin, Caller caller) {
        Dial dial = new Dial(origin, egress, loops.next(), Transport.of(loops).client(), caller);
        try {
            dial.start(resolver, filter, tls);
        } catch (RejectedExecutionException e) {
            caller.failed(Failure.closed(origin));
        }
    }
}
