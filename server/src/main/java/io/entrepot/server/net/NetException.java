package io.entrepot.server.net;

/** A request that got no usable answer. The message names the host, never a query, a header or a body. */
public final class NetException extends RuntimeException {

    /** What went wrong. */
    public enum Kind {
        /** No connection: name not found, refused, no route. */
        UNREACHABLE,
        /** A deadline passed: connecting, waiting for headers, or between two reads of a body. */
        TIMEOUT,
        /** The certificate or the handshake was not acceptable. */
        TLS,
        /** The name resolved to an address that this upstream may not have. */
        FORBIDDEN_ADDRESS,
        /** A redirect that is not followed: too many, to http, to a host that is not allowed. */
        FORBIDDEN_REDIRECT,
        /** The connection ended before the answer did. */
        CUT,
        /** Not HTTP, or HTTP that we refuse. */
        PROTOCOL,
        /** Larger than the caller allows. */
        TOO_LARGE,
        /** No connection became free in time, or too many wait for one: nothing was sent. */
        BUSY
    }

    private final Kind kind;
    private final boolean elsewhere;

    public NetException(Kind kind, String message) {
        this(kind, message, false);
    }

    private NetException(Kind kind, String message, boolean elsewhere) {
        super(message, null, false, false);
        this.kind = kind;
        this.elsewhere = elsewhere;
    }

    /** The same, of a host that a redirect led to. */
    NetException elsewhere() {
        return new NetException(kind, String.valueOf(getMessage()), true);
    }

    public Kind kind() {
        return kind;
    }

    /** Whether the host that was asked had answered, with a redirect to another. */
    public boolean isElsewhere() {
        return elsewhere;
    }
}
