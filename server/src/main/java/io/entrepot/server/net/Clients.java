package io.entrepot.server.net;

import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import java.util.Set;

/** Opens HTTP clients, for those who may not see what they run on. Who has one opened closes it. */
public interface Clients {

    /** A client that goes as far as this. */
    HttpClient to(Egress egress);

    /** A client of a service on the machine itself; see {@link HttpClient#only}. */
    HttpClient only(Set<String> addresses, Duration patience);

    /** Clients on these loops. */
    static Clients on(EventLoopGroup loops) {
        return new Clients() {
            @Override
            public HttpClient to(Egress egress) {
                return new HttpClient(loops, egress);
            }

            @Override
            public HttpClient only(Set<String> addresses, Duration patience) {
                return HttpClient.only(loops, addresses, patience);
            }
        };
    }
}
