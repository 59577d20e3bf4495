package io.entrepot.server.net;

import io.entrepot.server.net.NetException.Kind;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLException;

/** What went wrong, as a {@link NetException}: in our words, without addresses, paths and queries. */
final class Failure {

    private Failure() {}

    /** Any failure, without the wrapping that futures add. */
    static NetException of(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause instanceof NetException known
                ? known
                : new NetException(
                        Kind.PROTOCOL, "a fault of our own: " + cause.getClass().getSimpleName());
    }

    static NetException closed(Origin origin) {
        return new NetException(Kind.UNREACHABLE, origin.authority() + ": the client is closed");
    }

    /** Waiting for a connection took, or would take, too long. */
    static NetException busy(Origin origin, String what) {
        return new NetException(Kind.BUSY, origin.authority() + ": " + what);
    }

    static NetException cut(Origin origin) {
        return new NetException(Kind.CUT, origin.authority() + " closed the connection before its answer was whole");
    }

    /** None of the addresses could be connected to; {@code cause} is why the last one could not. */
    static NetException connecting(Throwable cause, Origin origin) {
        String reason = cause instanceof NoRouteToHostException
                ? "no route to it"
                : cause instanceof ConnectException ? "connection refused" : "no connection";
        return new NetException(Kind.UNREACHABLE, origin.authority() + " cannot be reached: " + reason);
    }

    /** The handshake failed; the innermost cause says most. */
    static NetException tls(Throwable failure, Origin origin) {
        return new NetException(Kind.TLS, origin.authority() + ": TLS failed: " + rootMessage(failure));
    }

    /** An open connection broke. */
    static NetException broken(Throwable cause, Origin origin) {
        boolean tls = cause instanceof SSLException || cause.getCause() instanceof SSLException;
        return tls ? tls(cause, origin) : cut(origin);
    }

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = root.getMessage();
        return message == null ? "the connection was closed during the handshake" : message;
    }
}
