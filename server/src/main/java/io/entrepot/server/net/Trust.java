package io.entrepot.server.net;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** The authorities that servers are believed for. Reads files. */
final class Trust {

    private Trust() {}

    /** The JDK's, and those in this PEM file. */
    static TrustManagerFactory in(Optional<Path> ca) throws IOException, GeneralSecurityException {
        return factory(Optional.of(store(issuers(ca))));
    }

    static List<Certificate> issuers(Optional<Path> ca) throws IOException, GeneralSecurityException {
        List<Certificate> issuers = new ArrayList<>();
        Stream.of(factory(Optional.empty()).getTrustManagers())
                .filter(X509TrustManager.class::isInstance)
                .map(X509TrustManager.class::cast)
                .forEach(manager -> issuers.addAll(List.of(manager.getAcceptedIssuers())));
        if (ca.isPresent()) {
            issuers.addAll(read(ca.get()));
        }
        return issuers;
    }

    /** Of this store; without one, of the JDK's own, wherever its properties say that is. */
    @SuppressWarnings("NullAway") // the JDK takes null for its own
    private static TrustManagerFactory factory(Optional<KeyStore> store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store.orElse(null));
        return factory;
    }

    private static KeyStore store(List<Certificate> issuers) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (int i = 0; i < issuers.size(); i++) {
            store.setCertificateEntry("issuer-" + i, issuers.get(i));
        }
        return store;
    }

    private static Collection<? extends Certificate> read(Path ca) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(ca)) {
            Collection<? extends Certificate> read =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (read.isEmpty()) {
                throw new CertificateException("no certificate in it (expected: PEM)");
            }
            return read;
        }
    }
}
