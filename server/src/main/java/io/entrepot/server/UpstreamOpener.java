package io.entrepot.server;

import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.server.net.HttpClient;
import io.entrepot.server.upstream.OfflineUpstream;
import io.entrepot.server.upstream.RegistryUpstream;
import io.entrepot.server.upstream.UpstreamEvents;
import io.netty.channel.EventLoopGroup;
import java.util.function.Function;

/** Opens upstreams on the loops of the mirror; none is asked before a client asks for something of it. */
final class UpstreamOpener {

    private UpstreamOpener() {}

    static Function<UpstreamConfig, Upstreams.Open> on(EventLoopGroup loops, UpstreamEvents events) {
        return config -> {
            if (config.offline()) {
                return new Upstreams.Open(config, new OfflineUpstream(config), () -> {});
            }
            RegistryUpstream upstream = RegistryUpstream.open(config, egress -> new HttpClient(loops, egress), events);
            return new Upstreams.Open(config, upstream, upstream::close);
        };
    }
}
