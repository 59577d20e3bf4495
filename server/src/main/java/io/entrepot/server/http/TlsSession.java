package io.entrepot.server.http;

import io.entrepot.oci.RegistryException;
import io.entrepot.server.tls.Encryption;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslHandler;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The encryption of one connection, which stays what it was when it began. On the event loop only. */
final class TlsSession {

    private final Supplier<Encryption> now;
    private final Encryption own;
    private final SslHandler handler;
    private Encryption checked;
    private @Nullable List<X509Certificate> certificates;

    TlsSession(Supplier<Encryption> now, ByteBufAllocator buffers, Duration handshake) {
        this.now = now;
        this.own = now.get();
        this.checked = own;
        this.handler = own.context().newHandler(buffers);
        handler.setHandshakeTimeoutMillis(handshake.toMillis());
    }

    SslHandler handler() {
        return handler;
    }

    @SuppressWarnings("ReferenceEquality") // another one that says the same may rest on other files
    private static boolean isOther(Encryption one, @Nullable Encryption other) {
        return one != other;
    }

    /** Whether new connections begin otherwise than this one did, so that it is to end soon. */
    boolean isOutdated() {
        return isOther(now.get(), own);
    }

    /**
     * The certificates that the client has, its own first, as TLS verified them; empty: it has none, or they are not asked
     * for any more.
     *
     * @throws RegistryException.Denied if they would not be let in now
     */
    List<X509Certificate> certificates() {
        if (!own.clients().isAnybody()) {
            return List.of();
        }
        if (certificates == null) {
            certificates = PeerCertificates.of(handler.engine());
        }
        Encryption current = now.get();
        if (isOther(current, checked) && !certificates.isEmpty()) {
            certificates = stillGood(certificates, current);
        }
        checked = current;
        return certificates;
    }

    private static List<X509Certificate> stillGood(List<X509Certificate> certificates, Encryption current) {
        if (!current.clients().isAnybody()) {
            return List.of();
        }
        if (!current.clients().vouchFor(certificates)) {
            throw new RegistryException.Denied("the client certificate is not let in any more (expected: one that is"
                    + " signed by an authority of access.client-ca)");
        }
        return certificates;
    }
}
