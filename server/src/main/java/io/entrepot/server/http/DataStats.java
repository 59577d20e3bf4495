package io.entrepot.server.http;

import java.util.concurrent.atomic.LongAdder;

/** What the data port counts of those who ask too much; read by metrics, written by the data port alone. */
public final class DataStats {

    /** Connections closed because there were too many. */
    public final LongAdder refused = new LongAdder();

    /** Connections closed, and requests refused, because their client had too many. */
    public final LongAdder refusedOfClient = new LongAdder();

    /** Connections closed because their client read too slowly, or nothing. */
    public final LongAdder slowReaders = new LongAdder();

    /** Connections closed because a request did not come to its end in time. */
    public final LongAdder slowRequests = new LongAdder();

    /** Connections closed because a trusted proxy sent no PROXY header that can be read. */
    public final LongAdder badProxies = new LongAdder();

    /** Requests refused because memory or file descriptors were about to end. */
    public final LongAdder shed = new LongAdder();

    /** How often accepting paused because file descriptors were about to end. */
    public final LongAdder pauses = new LongAdder();
}
