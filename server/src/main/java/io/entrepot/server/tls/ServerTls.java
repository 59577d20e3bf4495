package io.entrepot.server.tls;

import io.entrepot.config.MirrorConfig.Tls;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What new connections of the data port are encrypted with; follows its files, and keeps what it has when they are wrong. */
public final class ServerTls implements Supplier<Encryption> {

    private static final Logger LOG = LoggerFactory.getLogger(ServerTls.class);
    private static final ApplicationProtocolConfig HTTP_1_1 = new ApplicationProtocolConfig(
            Protocol.ALPN,
            SelectorFailureBehavior.NO_ADVERTISE,
            SelectedListenerFailureBehavior.ACCEPT,
            ApplicationProtocolNames.HTTP_1_1);
    private static final List<String> CIPHERS = List.of(
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    private Sources files;
    private volatile Encryption encryption;
    private volatile Runnable onOtherClients = () -> {};
    private Stamp stamp;
    private String complaint = "";

    private ServerTls(Loaded loaded) {
        this.files = loaded.files;
        this.encryption = loaded.encryption;
        this.stamp = loaded.stamp;
    }

    /** The files: our own certificate and key, and who signed those of clients; without that, none is asked for. */
    private record Sources(Tls own, Optional<Path> clientCa) {

        List<Path> all() {
            List<Path> all = new ArrayList<>(List.of(own.certificate(), own.key()));
            clientCa.ifPresent(all::add);
            return all;
        }
    }

    /** Reads certificate and key; clients are not asked for theirs. @throws IOException naming the file that cannot be used, and why */
    public static ServerTls open(Tls own) throws IOException {
        return open(own, Optional.empty());
    }

    /**
     * Reads certificate and key.
     *
     * @param clientCa who signed the certificates that clients may have; empty: they are not asked for one
     * @throws IOException naming the file that cannot be used, and why
     */
    public static ServerTls open(Tls own, Optional<Path> clientCa) throws IOException {
        return new ServerTls(Loaded.from(new Sources(own, clientCa)));
    }

    @Override
    public Encryption get() {
        return encryption;
    }

    /** What is called after there are other authorities of clients than before. */
    public void onOtherClients(Runnable told) {
        onOtherClients = told;
    }

    /** Reads other files, which are not used yet. Blocks. @throws IOException as {@link #open} */
    public Loaded load(Tls own, Optional<Path> clientCa) throws IOException {
        return Loaded.from(new Sources(own, clientCa));
    }

    /** The same certificate and key with other authorities of clients. Blocks. @throws IOException as {@link #open} */
    public synchronized Loaded load(Optional<Path> clientCa) throws IOException {
        return load(files.own(), clientCa);
    }

    /** Takes what was read from now on, and follows its files. */
    public synchronized void use(Loaded loaded) {
        files = loaded.files;
        stamp = loaded.stamp;
        take(loaded.encryption);
    }

    private void take(Encryption next) {
        boolean others = !next.clients().areThose(encryption.clients());
        encryption = next;
        if (others) {
            onOtherClients.run();
        }
    }

    /** Reads the files again if they are not those that were read last. To be called every few seconds; may block. */
    public synchronized void follow() {
        try {
            readable(files);
            Stamp now = Stamp.of(files);
            if (!now.equals(stamp)) {
                stamp = now;
                take(read(files));
                complaint = "";
                LOG.atInfo().addKeyValue("file", files.own().certificate()).log("certificate read again");
            }
        } catch (IOException e) {
            complain(String.valueOf(e.getMessage()));
        }
    }

    /** Once for each reason: we are called again and again. */
    private void complain(String reason) {
        if (!reason.equals(complaint)) {
            complaint = reason;
            LOG.atWarn().addKeyValue("reason", reason).log("changed certificate not used, the old one stays");
        }
    }

    /** What was read from files. The stamp was taken before: if they change meanwhile, they are read again. */
    public static final class Loaded {

        private final Sources files;
        private final Encryption encryption;
        private final Stamp stamp;

        private Loaded(Sources files, Encryption encryption, Stamp stamp) {
            this.files = files;
            this.encryption = encryption;
            this.stamp = stamp;
        }

        private static Loaded from(Sources files) throws IOException {
            readable(files);
            Stamp stamp = Stamp.of(files);
            return new Loaded(files, read(files), stamp);
        }
    }

    private static Encryption read(Sources files) throws IOException {
        Tls own = files.own();
        Authorities clients = clients(files.clientCa());
        try {
            List<X509Certificate> chain = Pem.chain(own.certificate());
            PrivateKey key = Pem.key(own.key());
            Pem.requirePair(chain.get(0), key);
            return new Encryption(context(chain, key, clients.trust()), clients);
        } catch (GeneralSecurityException | SSLException | IllegalArgumentException e) {
            throw new IOException("TLS certificate " + own.certificate() + " with key " + own.key()
                    + " cannot be used: " + reason(e) + " (expected: a PEM chain and its unencrypted PEM key)");
        }
    }

    private static Authorities clients(Optional<Path> ca) throws IOException {
        try {
            return ca.isPresent() ? Authorities.in(ca.get()) : Authorities.NOBODY;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("certificates of clients cannot be checked with " + ca.get() + ": " + reason(e)
                    + " (expected: PEM certificates)");
        }
    }

    /** A client without a certificate is let in: who it is may be told otherwise, or not matter. */
    private static SslContext context(List<X509Certificate> chain, PrivateKey key, @Nullable X509TrustManager clients)
            throws SSLException {
        SslContextBuilder builder = SslContextBuilder.forServer(key, chain)
                .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
                .protocols("TLSv1.3", "TLSv1.2")
                .ciphers(CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                .applicationProtocolConfig(HTTP_1_1);
        if (clients != null) {
            builder.trustManager(clients).clientAuth(ClientAuth.OPTIONAL);
        }
        return builder.build();
    }

    private static void readable(Sources files) throws IOException {
        readable("certificate", files.own().certificate());
        readable("key", files.own().key());
        if (files.clientCa().isPresent()) {
            readable("client-ca", files.clientCa().get());
        }
    }

    private static void readable(String what, Path file) throws IOException {
        try {
            Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new IOException("TLS " + what + " " + file + " does not exist");
        } catch (IOException e) {
            throw new IOException("TLS " + what + " " + file + " cannot be read: "
                    + (Files.isDirectory(file) ? "is a directory" : "permission denied")
                    + " (expected: a PEM file that this user can read)");
        }
    }

    private static String reason(Throwable e) {
        String message = e.getMessage();
        return message == null
                ? e.getClass().getSimpleName()
                : message.lines().findFirst().orElse("");
    }

    /** What tells that a file is another one: its inode, its size and the time it was written. */
    private record Stamp(List<Object> facts) {

        static Stamp of(Sources files) throws IOException {
            List<Object> facts = new ArrayList<>();
            for (Path file : files.all()) {
                facts.add(facts(file));
            }
            return new Stamp(facts);
        }

        private static List<Object> facts(Path file) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return List.of(String.valueOf(attributes.fileKey()), attributes.size(), attributes.lastModifiedTime());
        }
    }
}
