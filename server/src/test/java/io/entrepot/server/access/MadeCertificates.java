package io.entrepot.server.access;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An authority, and certificates of servers and clients from it. */
public final class MadeCertificates {

    private static final Duration LIFE = Duration.ofHours(1);

    private final KeyPair pair;
    private final X500Name name;
    private final X509Certificate authority;

    public MadeCertificates(String name) throws Exception {
        this.pair = keys();
        this.name = new X500Name("CN=" + name);
        this.authority = sign(this.name, pair, LIFE, new GeneralName[0]);
    }

    /** A key, and its chain. */
    public record Made(KeyPair pair, X509Certificate certificate) {}

    public X509Certificate authority() {
        return authority;
    }

    /** One with these names; a life below zero is over already. */
    public Made issue(Duration life, GeneralName... names) throws Exception {
        KeyPair own = keys();
        return new Made(own, sign(new X500Name("CN=ignored"), own, life, names));
    }

    public static GeneralName uri(String text) {
        return new GeneralName(GeneralName.uniformResourceIdentifier, text);
    }

    public static GeneralName dns(String text) {
        return new GeneralName(GeneralName.dNSName, text);
    }

    public static GeneralName email(String text) {
        return new GeneralName(GeneralName.rfc822Name, text);
    }

    public static Path write(Path file, Object what) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
            pem.writeObject(what instanceof KeyPair key ? new JcaPKCS8Generator(key.getPrivate(), null) : what);
        }
        return Files.writeString(file, text.toString());
    }

    /** What a client has that shows this certificate, and believes any server. */
    public static SSLContext client(Made made) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        if (made != null) {
            store.setKeyEntry("own", made.pair.getPrivate(), new char[0], new X509Certificate[] {made.certificate});
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, new char[0]);
        context.init(keys.getKeyManagers(), new TrustManager[] {new TrustAll()}, null);
        return context;
    }

    private X509Certificate sign(X500Name subject, KeyPair of, Duration life, GeneralName[] names)
            throws GeneralSecurityException, OperatorCreationException, CertIOException {
        Instant now = Instant.now();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                name,
                BigInteger.valueOf(System.nanoTime()),
                Date.from(now.minus(Duration.ofHours(2))),
                Date.from(now.plus(life)),
                subject,
                of.getPublic());
        if (names.length > 0) {
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
        } else {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(of == pair));
        }
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
    }

    private static KeyPair keys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static final class TrustAll implements X509TrustManager {
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
