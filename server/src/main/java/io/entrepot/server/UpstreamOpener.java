package io.entrepot.server;

import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.server.net.Clients;
import io.entrepot.server.net.HttpClient;
import io.entrepot.server.net.Machine;
import io.entrepot.server.upstream.Endpoints;
import io.entrepot.server.upstream.OfflineUpstream;
import io.entrepot.server.upstream.UpstreamEvents;
import io.netty.channel.EventLoopGroup;
import java.util.function.Function;

/** Opens upstreams on the loops of the mirror; none is asked before a client asks for something of it. */
final class UpstreamOpener {

    private UpstreamOpener() {}

    static Function<UpstreamConfig, Upstreams.Open> on(EventLoopGroup loops, UpstreamEvents events) {
        Machine machine = Machine.ours(Clients.on(loops));
        return config -> {
            if (config.offline()) {
                return new Upstreams.Open(config, new OfflineUpstream(config), () -> {});
            }
            Endpoints upstream = Endpoints.open(config, egress -> new HttpClient(loops, egress), machine, events);
            return new Upstreams.Open(config, upstream, upstream::close);
        };
    }
}
