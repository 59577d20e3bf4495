package io.entrepot.server.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** TLS for a command that asks a server a question, as a client with these files would. Reads files. */
public final class AskingTls {

    private AskingTls() {}

    /**
     * What connections are made with.
     *
     * @param authorities PEM certificates that are trusted beside the JDK's
     * @param clients each a PEM certificate and its key, in one file or two
     * @param trusting whether any certificate will do
     */
    public static SSLContext context(List<Path> authorities, List<List<Path>> clients, boolean trusting)
            throws IOException, GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(keys(clients), new char[0]);
        TrustManager[] trust = trusting ? new TrustManager[] {new Anybody()} : trust(authorities);
        context.init(keys.getKeyManagers(), trust, null);
        return context;
    }

    private static TrustManager[] trust(List<Path> authorities) throws IOException, GeneralSecurityException {
        KeyStore store = store();
        List<X509Certificate> issuers = new ArrayList<>(system());
        for (Path authority : authorities) {
            issuers.addAll(Pem.chain(authority));
        }
        for (int i = 0; i < issuers.size(); i++) {
            store.setCertificateEntry("issuer-" + i, issuers.get(i));
        }
        return factory(store).getTrustManagers();
    }

    @SuppressWarnings("NullAway") // the JDK takes null for its own
    private static List<X509Certificate> system() throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        return Stream.of(factory.getTrustManagers())
                .filter(X509TrustManager.class::isInstance)
                .flatMap(manager -> Stream.of(((X509TrustManager) manager).getAcceptedIssuers()))
                .toList();
    }

    private static TrustManagerFactory factory(KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory;
    }

    private static KeyStore keys(List<List<Path>> clients) throws IOException, GeneralSecurityException {
        KeyStore store = store();
        for (int i = 0; i < clients.size(); i++) {
            List<Path> files = clients.get(i);
            store.setKeyEntry(
                    "client-" + i,
                    Pem.key(files.get(files.size() - 1)),
                    new char[0],
                    Pem.chain(files.get(0)).toArray(X509Certificate[]::new));
        }
        return store;
    }

    private static KeyStore store() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        return store;
    }

    /** For a configuration that says that certificates are not looked at. */
    private static final class Anybody implements X509TrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
