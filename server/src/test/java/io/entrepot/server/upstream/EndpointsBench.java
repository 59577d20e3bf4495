package io.entrepot.server.upstream;

import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.server.net.Clients;
import io.entrepot.server.net.HttpClient;
import io.entrepot.server.net.Machine;
import io.entrepot.server.net.Transport;
import io.netty.channel.EventLoopGroup;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The endpoints of an upstream, with what they noticed and a clock that stands still. */
final class EndpointsBench implements AutoCloseable {

    final List<Incident> incidents = new CopyOnWriteArrayList<>();
    final Endpoints upstream;
    private final AtomicLong now = new AtomicLong();
    private final EventLoopGroup loops = Transport.best().loops(1, "test-endpoints");

    private EndpointsBench(UpstreamConfig config) {
        upstream = Endpoints.open(config, egress -> new HttpClient(loops, egress), machine(), events(), now::get);
    }

    private Machine machine() {
        return new Machine(Map.of(), Clock.systemUTC(), now::get, ForkJoinPool.commonPool(), Clients.on(loops));
    }

    static EndpointsBench of(UpstreamConfig config) {
        return new EndpointsBench(config);
    }

    private UpstreamEvents events() {
        return new UpstreamEvents() {
            @Override
            public void asked(Asked request) {}

            @Override
            public void noticed(Incident incident) {
                incidents.add(incident);
            }
        };
    }

    /** Lets this time pass for breakers and tokens. */
    void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    @Override
    public void close() {
        upstream.close();
        loops.shutdownGracefully(0, 10, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
