package io.entrepot.server.net;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority that nobody knows, made for one test. */
final class TestCa {

    private static final char[] NO_PASSWORD = {};
    private static final AtomicLong SERIALS = new AtomicLong(1);

    private final KeyPair keys = keys();
    private final X500Name name = new X500Name("CN=test authority " + SERIALS.get());
    private final X509Certificate certificate;

    TestCa() throws Exception {
        JcaX509v3CertificateBuilder builder = builder(name, keys);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        certificate = signed(builder);
    }

    /** Its certificate as a PEM file. */
    Path pem(Path directory) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
            pem.writeObject(certificate);
        }
        return Files.writeString(directory.resolve("ca.pem"), text.toString());
    }

    /** A server's context with a certificate for this name of a host, valid for so long from an hour ago. */
    SSLContext server(GeneralName host, Instant until) throws Exception {
        KeyPair own = keys();
        JcaX509v3CertificateBuilder builder = builder(new X500Name("CN=server"), own, until);
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(host));
        return context(own, new Certificate[] {signed(builder), certificate});
    }

    SSLContext server(String dnsName) throws Exception {
        return server(
                new GeneralName(GeneralName.dNSName, dnsName), Instant.now().plusSeconds(3600));
    }

    private static SSLContext context(KeyPair own, Certificate[] chain) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("server", own.getPrivate(), NO_PASSWORD, chain);
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }

    private JcaX509v3CertificateBuilder builder(X500Name subject, KeyPair own) throws CertIOException {
        return builder(subject, own, Instant.now().plusSeconds(3600));
    }

    private JcaX509v3CertificateBuilder builder(X500Name subject, KeyPair own, Instant until) {
        return new JcaX509v3CertificateBuilder(
                name,
                BigInteger.valueOf(SERIALS.getAndIncrement()),
                Date.from(Instant.now().minusSeconds(7200)),
                Date.from(until),
                subject,
                own.getPublic());
    }

    private X509Certificate signed(JcaX509v3CertificateBuilder builder)
            throws OperatorCreationException, GeneralSecurityException {
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    }

    private static KeyPair keys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }
}
