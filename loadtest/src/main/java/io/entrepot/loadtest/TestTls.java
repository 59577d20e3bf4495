package io.entrepot.loadtest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/** A self-signed certificate made for a test by the JDK's keytool: what a server shows, and what a client trusts. */
public final class TestTls {

    private static final String ALIAS = "fake";
    private static final String PASSWORD = "test-only";

    private final Path certificate;
    private final Path key;
    private final SSLContext context;

    private TestTls(Path certificate, Path key, SSLContext context) {
        this.certificate = certificate;
        this.key = key;
        this.context = context;
    }

    /** A certificate for 127.0.0.1 and localhost, written to this directory. */
    public static TestTls forLoopback(Path directory) {
        return forNames(directory, "ip:127.0.0.1,dns:localhost");
    }

    /** A certificate for these names in keytool's notation, as in {@code dns:other.example}. */
    public static TestTls forNames(Path directory, String names) {
        Path store = directory.resolve("fake-registry.p12");
        keytool(
                "-genkeypair",
                "-alias",
                ALIAS,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-validity",
                "30",
                "-dname",
                "CN=fake registry",
                "-ext",
                "san=" + names,
                "-ext",
                "bc:c",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD);
        try {
            KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
            byte[] shown = keys.getCertificate(ALIAS).getEncoded();
            byte[] secret = keys.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded();
            return new TestTls(
                    Files.writeString(directory.resolve("fake-registry.pem"), pem("CERTIFICATE", shown)),
                    Files.writeString(directory.resolve("fake-registry.key"), pem("PRIVATE KEY", secret)),
                    context(keys));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The certificate as PEM: what a client's {@code ca} setting points to. */
    public Path certificate() {
        return certificate;
    }

    /** Its key as PEM, for a server that is another program. */
    public Path key() {
        return key;
    }

    /** A context that shows this certificate and trusts it. */
    public SSLContext context() {
        return context;
    }

    /** The server's end of TLS over an accepted connection. */
    Socket accept(Socket plain) throws IOException {
        SSLSocketFactory factory = context.getSocketFactory();
        SSLSocket socket = (SSLSocket) factory.createSocket(plain, null, true);
        socket.startHandshake();
        return socket;
    }

    private static String pem(String what, byte[] der) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + what + "-----\n" + base64 + "\n-----END " + what + "-----\n";
    }

    private static SSLContext context(KeyStore keys) throws GeneralSecurityException {
        KeyManagerFactory shown = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        shown.init(keys, PASSWORD.toCharArray());
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(trusting(keys));
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(shown.getKeyManagers(), trusted.getTrustManagers(), null);
        return context;
    }

    /** The certificate without its key: a trust manager trusts no key entries. */
    private static KeyStore trusting(KeyStore keys) throws GeneralSecurityException {
        try {
            KeyStore trust = KeyStore.getInstance("PKCS12");
            trust.load(null, null);
            trust.setCertificateEntry(ALIAS, keys.getCertificate(ALIAS));
            return trust;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void keytool(String... arguments) {
        try {
            String[] command = new String[arguments.length + 1];
            command[0] =
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
            System.arraycopy(arguments, 0, command, 1, arguments.length);
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException("keytool failed: " + output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
