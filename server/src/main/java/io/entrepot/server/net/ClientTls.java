package io.entrepot.server.net;

import io.entrepot.server.net.NetException.Kind;
import io.netty.channel.Channel;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * TLS 1.2 and 1.3 towards the origins of one upstream, with tcnative where it loads: host names always checked, trusted are the JDK's
 * authorities and the upstream's own. Certificates are read when the first connection needs them, off the event loop.
 */
final class ClientTls implements AutoCloseable {

    private final Optional<Path> ca;
    private @Nullable CompletableFuture<Context> context;
    private boolean closed;

    /** @param ca PEM certificates trusted beside the JDK's */
    ClientTls(Optional<Path> ca) {
        this.ca = ca;
    }

    /** What makes handlers. */
    interface Context {

        /** A handler that shakes hands as a client of this origin. @throws NetException if the client is closed */
        SslHandler handler(Channel channel, Origin origin);
    }

    /** For origins without TLS. */
    static CompletableFuture<Context> none() {
        return CompletableFuture.completedFuture((channel, origin) -> {
            throw new IllegalStateException(origin + " (expected: https)");
        });
    }

    /** Fails with {@link NetException.Kind#TLS} if the certificates cannot be read; they are read again then. */
    synchronized CompletableFuture<Context> context() {
        if (closed) {
            return CompletableFuture.failedFuture(new NetException(Kind.UNREACHABLE, "the client is closed"));
        }
        CompletableFuture<Context> known = context;
        if (known == null || known.isCompletedExceptionally()) {
            known = open();
            context = known;
        }
        return known;
    }

    private CompletableFuture<Context> open() {
        try {
            return CompletableFuture.supplyAsync(this::build, Blocking.THREADS);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(unreadable("too much waits already"));
        }
    }

    private Context build() {
        try {
            return new Open(SslContextBuilder.forClient()
                    .sslProvider(provider())
                    .protocols("TLSv1.3", "TLSv1.2")
                    .endpointIdentificationAlgorithm("HTTPS")
                    .trustManager(Trust.in(ca))
                    .build());
        } catch (IOException | GeneralSecurityException e) {
            throw unreadable(String.valueOf(e.getMessage()));
        }
    }

    static SslProvider provider() {
        return OpenSsl.isAvailable() ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK;
    }

    private NetException unreadable(String why) {
        return new NetException(
                Kind.TLS, "certificates of " + ca.map(Path::toString).orElse("the JDK") + " cannot be read: " + why);
    }

    @Override
    public void close() {
        CompletableFuture<Context> last;
        synchronized (this) {
            closed = true;
            last = context;
        }
        if (last != null) {
            last.thenAccept(open -> ((Open) open).release());
        }
    }

    /** A context of native memory, counted; used and released under the lock of the whole. */
    private final class Open implements Context {

        private final SslContext ssl;

        Open(SslContext ssl) {
            this.ssl = ssl;
        }

        @Override
        public SslHandler handler(Channel channel, Origin origin) {
            synchronized (ClientTls.this) {
                if (closed) {
                    throw Failure.closed(origin);
                }
                SslHandler handler = ssl.newHandler(channel.alloc(), origin.name(), origin.port());
                // the deadline is that of the whole, not of the handshake
                handler.setHandshakeTimeoutMillis(0);
                return handler;
            }
        }

        private void release() {
            synchronized (ClientTls.this) {
                ReferenceCountUtil.release(ssl);
            }
        }
    }
}
