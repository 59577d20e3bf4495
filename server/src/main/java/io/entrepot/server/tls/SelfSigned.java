package io.entrepot.server.tls;

import io.entrepot.config.FileReason;
import io.entrepot.config.MirrorConfig.Tls;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A certificate authority of our own and a server certificate from it, kept in one directory: {@code ca.pem}, {@code ca.key},
 * {@code server.pem}, {@code server.key}. Clients trust {@code ca.pem}; it outlives every server certificate.
 */
public final class SelfSigned {

    private static final Logger LOG = LoggerFactory.getLogger(SelfSigned.class);

    private static final Duration CA_LIFE = Duration.ofDays(3_653);
    private static final Duration SERVER_LIFE = Duration.ofDays(397);
    private static final Duration RENEW_BEFORE = Duration.ofDays(30);

    private final Path directory;

    public SelfSigned(Path directory) {
        this.directory = directory;
    }

    /** The certificate that clients are to trust. */
    public Path authority() {
        return directory.resolve("ca.pem");
    }

    /** The server's files: as they are if they fit these names and live for another month, else made anew. */
    public Tls ensure(Set<String> names, Instant now) throws IOException {
        try {
            return make(names, now);
        } catch (FileSystemException e) {
            throw new IOException(
                    "our own certificate cannot be kept in " + directory + ": " + FileReason.of(directory, e)
                            + " (expected: a directory that this user can write)",
                    e);
        }
    }

    private Tls make(Set<String> names, Instant now) throws IOException {
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try {
            Authority authority = usableAuthority(now) ? readAuthority() : makeAuthority(now);
            if (!usableServer(authority.certificate(), names, now)) {
                Path server = directory.resolve("server.pem");
                LOG.atInfo()
                        .addKeyValue("file", server)
                        .addKeyValue("replaced", Files.exists(server))
                        .log("made a certificate of our own");
                makeServer(authority, names, now);
            }
        } catch (GeneralSecurityException e) {
            throw new IOException(directory + ": no certificate could be made: " + e.getMessage(), e);
        }
        return new Tls(directory.resolve("server.pem"), directory.resolve("server.key"));
    }

    private record Authority(X509Certificate certificate, PrivateKey key) {}

    private boolean usableAuthority(Instant now) {
        try {
            Authority authority = readAuthority();
            Pem.requirePair(authority.certificate(), authority.key());
            return lives(authority.certificate(), now);
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    private Authority readAuthority() throws IOException, GeneralSecurityException {
        return new Authority(Pem.certificate(authority()), Pem.key(directory.resolve("ca.key")));
    }

    private Authority makeAuthority(Instant now) throws IOException, GeneralSecurityException {
        KeyPair pair = Issuer.newKey();
        X509Certificate certificate = Issuer.authority(pair, now, now.plus(CA_LIFE));
        Pem.write(
                directory.resolve("ca.key"),
                Pem.encode("PRIVATE KEY", pair.getPrivate().getEncoded()),
                "rw-------");
        Pem.write(authority(), Pem.encode("CERTIFICATE", certificate.getEncoded()), "rw-r--r--");
        return new Authority(certificate, pair.getPrivate());
    }

    private boolean usableServer(X509Certificate authority, Set<String> names, Instant now) {
        try {
            X509Certificate server = Pem.certificate(directory.resolve("server.pem"));
            server.verify(authority.getPublicKey());
            Pem.requirePair(server, Pem.key(directory.resolve("server.key")));
            return lives(server, now) && Issuer.covers(server, names);
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    private void makeServer(Authority authority, Set<String> names, Instant now)
            throws IOException, GeneralSecurityException {
        KeyPair pair = Issuer.newKey();
        Instant end = now.plus(SERVER_LIFE);
        X509Certificate certificate =
                Issuer.server(pair.getPublic(), names, authority.certificate(), authority.key(), now, end);
        Pem.write(
                directory.resolve("server.key"),
                Pem.encode("PRIVATE KEY", pair.getPrivate().getEncoded()),
                "rw-------");
        Pem.write(directory.resolve("server.pem"), Pem.encode("CERTIFICATE", certificate.getEncoded()), "rw-r--r--");
    }

    private static boolean lives(X509Certificate certificate, Instant now) {
        return certificate.getNotAfter().toInstant().isAfter(now.plus(RENEW_BEFORE));
    }
}
