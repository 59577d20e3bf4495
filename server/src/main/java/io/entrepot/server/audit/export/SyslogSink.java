package io.entrepot.server.audit.export;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Syslog over TLS (RFC 5425) or plain TCP (RFC 6587), each message as RFC 5424 with its length before it; the record is the
 * message:
 *
 * <pre>
 *   213 &lt;110&gt;1 2026-11-27T02:03:04.000056Z mirror-1 entrepot - decision - {"seq":7,"time":…}
 * </pre>
 *
 * <p>110 is facility 13, log audit, and severity 6, informational. Syslog acknowledges nothing: what a receiver had in its
 * buffers when it died is lost there, and can be fetched from the log by its numbers. One that does not take a batch within a
 * minute is hung up on.
 */
public final class SyslogSink implements Sink {

    private static final String HEAD = "<110>1 ";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern TIME_AND_TYPE =
            Pattern.compile("\\{\"seq\":[0-9]+,\"time\":\"([^\"]{20,32})\",\"type\":\"([a-z.]{1,32})\"");

    private final InetSocketAddress receiver;
    private final Optional<SSLContext> tls;
    private final String host;
    private final Duration patience;
    private volatile @Nullable SyslogConnection connection;

    SyslogSink(InetSocketAddress receiver, Optional<SSLContext> tls, String host, Duration patience) {
        this.receiver = receiver;
        this.tls = tls;
        this.host = host;
        this.patience = patience;
    }

    /**
     * Over TCP as it is.
     *
     * @param host the name of this machine, as it stands in messages
     */
    public static SyslogSink plain(String address, int port, String host) {
        return new SyslogSink(InetSocketAddress.createUnresolved(address, port), Optional.empty(), host, PATIENCE);
    }

    /**
     * Over TLS.
     *
     * @param ca PEM certificates that are trusted instead of the machine's; empty: those
     * @throws IOException if they cannot be read
     */
    public static SyslogSink tls(String address, int port, Optional<Path> ca, String host) throws IOException {
        return new SyslogSink(
                InetSocketAddress.createUnresolved(address, port), Optional.of(context(ca)), host, PATIENCE);
    }

    static SSLContext context(Optional<Path> ca) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(ca.isEmpty() ? null : trusted(ca.get()));
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    private static KeyStore trusted(Path ca) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(ca)) {
            int number = 0;
            for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("ca" + number++, each);
            }
        }
        return store;
    }

    @Override
    public void deliver(List<Entry> batch) throws IOException {
        ByteArrayOutputStream messages = new ByteArrayOutputStream();
        for (Entry entry : batch) {
            byte[] message = message(entry.record());
            messages.write((message.length + " ").getBytes(StandardCharsets.US_ASCII));
            messages.write(message);
        }
        try {
            connected().send(messages.toByteArray(), patience);
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private byte[] message(byte[] record) throws IOException {
        String start = new String(record, 0, Math.min(record.length, 160), StandardCharsets.UTF_8);
        Matcher known = TIME_AND_TYPE.matcher(start);
        boolean found = known.lookingAt();
        String head = HEAD + (found ? known.group(1) : "-") + " " + host + " entrepot - "
                + (found ? known.group(2) : "-") + " - ";
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.write(head.getBytes(StandardCharsets.US_ASCII));
        message.write(record);
        return message.toByteArray();
    }

    private SyslogConnection connected() throws IOException {
        SyslogConnection open = connection;
        if (open == null) {
            open = SyslogConnection.open(receiver, tls);
            connection = open;
        }
        return open;
    }

    @Override
    public void close() throws IOException {
        SyslogConnection open = connection;
        connection = null;
        if (open != null) {
            open.close();
        }
    }
}
