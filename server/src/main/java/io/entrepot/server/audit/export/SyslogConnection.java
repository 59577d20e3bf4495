package io.entrepot.server.audit.export;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * A connection to a syslog receiver. A write to a socket has no deadline of its own, and one that hangs keeps TLS from saying
 * goodbye: so somebody else cuts the connection under both. One thread sends; any closes.
 */
final class SyslogConnection implements Closeable {

    private static final int TIMEOUT_MILLIS = (int) Duration.ofSeconds(10).toMillis();
    private static final Duration FAREWELL = Duration.ofSeconds(2);
    private static final ScheduledExecutorService ALARMS = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "audit-syslog-deadline");
        thread.setDaemon(true);
        return thread;
    });

    private final Socket socket;
    /** Carries the socket, or is the same. */
    private final Socket plain;

    private final String receiver;

    private SyslogConnection(Socket socket, Socket plain, String receiver) {
        this.socket = socket;
        this.plain = plain;
        this.receiver = receiver;
    }

    /** Connects, within ten seconds for each step. */
    static SyslogConnection open(InetSocketAddress receiver, Optional<SSLContext> tls) throws IOException {
        Socket plain = new Socket();
        try {
            plain.connect(new InetSocketAddress(receiver.getHostString(), receiver.getPort()), TIMEOUT_MILLIS);
            plain.setSoTimeout(TIMEOUT_MILLIS);
            plain.setKeepAlive(true);
            Socket socket = tls.isEmpty() ? plain : secured(plain, receiver, tls.get());
            return new SyslogConnection(socket, plain, receiver.getHostString());
        } catch (IOException e) {
            plain.close();
            throw e;
        }
    }

    private static Socket secured(Socket plain, InetSocketAddress receiver, SSLContext context) throws IOException {
        SSLSocket secure = (SSLSocket)
                context.getSocketFactory().createSocket(plain, receiver.getHostString(), receiver.getPort(), true);
        SSLParameters parameters = secure.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secure.setSSLParameters(parameters);
        secure.startHandshake();
        return secure;
    }

    /** Writes all of it, and looks whether the receiver is still there. @throws IOException if not, or not in time */
    void send(byte[] messages, Duration patience) throws IOException {
        AtomicBoolean late = new AtomicBoolean();
        ScheduledFuture<?> alarm = cutAfter(patience, late);
        try {
            OutputStream out = socket.getOutputStream();
            out.write(messages);
            out.flush();
            requireOpen();
        } catch (IOException e) {
            throw late.get()
                    ? new IOException(receiver + " did not take a batch within " + patience.toSeconds() + " s", e)
                    : e;
        } finally {
            alarm.cancel(false);
        }
    }

    /** A receiver says nothing, except that it is gone: without this look the first batch after that would be lost. */
    private void requireOpen() throws IOException {
        socket.setSoTimeout(1);
        try {
            if (socket.getInputStream().read() < 0) {
                throw new IOException(receiver + " closed the connection");
            }
        } catch (SocketTimeoutException e) {
            // it is there, and silent, as it should be
        } finally {
            socket.setSoTimeout(TIMEOUT_MILLIS);
        }
    }

    private ScheduledFuture<?> cutAfter(Duration time, AtomicBoolean late) {
        return ALARMS.schedule(
                () -> {
                    late.set(true);
                    try {
                        plain.close();
                    } catch (IOException e) {
                        // it is gone all the same
                    }
                },
                time.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() throws IOException {
        ScheduledFuture<?> alarm = cutAfter(FAREWELL, new AtomicBoolean());
        try {
            socket.close();
        } finally {
            alarm.cancel(false);
        }
    }
}
