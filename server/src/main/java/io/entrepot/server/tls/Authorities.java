package io.entrepot.server.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Who signs the certificates that clients may have. If that is nobody, clients are not asked for one. */
public final class Authorities {

    static final Authorities NOBODY = new Authorities(List.of(), null);

    private final List<X509Certificate> certificates;
    private final @Nullable X509TrustManager trust;

    private Authorities(List<X509Certificate> certificates, @Nullable X509TrustManager trust) {
        this.certificates = List.copyOf(certificates);
        this.trust = trust;
    }

    /** Those in a PEM file. */
    static Authorities in(Path file) throws IOException, GeneralSecurityException {
        List<X509Certificate> certificates = Pem.chain(file);
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (int i = 0; i < certificates.size(); i++) {
            store.setCertificateEntry("authority-" + i, certificates.get(i));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return new Authorities(
                certificates,
                Stream.of(factory.getTrustManagers())
                        .filter(X509TrustManager.class::isInstance)
                        .map(X509TrustManager.class::cast)
                        .findFirst()
                        .orElseThrow());
    }

    /** Whether clients are asked for certificates. */
    public boolean isAnybody() {
        return trust != null;
    }

    /**
     * Whether a chain that a client showed once, its own certificate first, would be let in now: TLS asks that when a
     * connection begins, and never again. Takes a processor for about a millisecond.
     */
    public boolean vouchFor(List<X509Certificate> chain) {
        if (trust == null) {
            return false;
        }
        try {
            trust.checkClientTrusted(chain.toArray(X509Certificate[]::new), "UNKNOWN");
            return true;
        } catch (CertificateException e) {
            return false;
        }
    }

    boolean areThose(Authorities others) {
        return certificates.equals(others.certificates);
    }

    /** What handshakes ask; null where clients are not asked. */
    @Nullable X509TrustManager trust() {
        return trust;
    }
}
