package io.entrepot.server.net;

import io.netty.channel.EventLoopGroup;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The pool of each origin that has connections; an origin without any costs nothing. */
final class Pools implements AutoCloseable {

    private final EventLoopGroup loops;
    private final Egress egress;
    private final Dialer dialer;
    private final Map<Origin, OriginPool> pools = new ConcurrentHashMap<>();
    private volatile boolean closed;

    Pools(EventLoopGroup loops, Egress egress, Dialer dialer) {
        this.loops = loops;
        this.egress = egress;
        this.dialer = dialer;
    }

    /** A connection to an origin; fails with a {@link NetException}. See {@link OriginPool#take}. */
    Turn take(Origin origin, boolean fresh) {
        Optional<Turn> turn = pool(origin).take(fresh);
        while (turn.isEmpty()) {
            turn = pool(origin).take(fresh);
        }
        return turn.get();
    }

    private OriginPool pool(Origin origin) {
        OriginPool pool = pools.compute(
                origin,
                (key, known) -> known == null || known.hasRetired()
                        ? new OriginPool(key, egress, dialer, loops.next(), this::forget)
                        : known);
        if (closed) {
            pool.close();
        }
        return pool;
    }

    private void forget(OriginPool retired) {
        pools.remove(retired.origin(), retired);
    }

    /** Closes every connection. */
    @Override
    public void close() {
        closed = true;
        pools.values().forEach(OriginPool::close);
    }
}
