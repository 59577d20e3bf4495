package io.entrepot.server.access;

import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The name in a client certificate: of its subject alternative names the first URI, else DNS name, else email address. */
final class CertificateName {

    private static final int URI = 6;
    private static final int DNS = 2;
    private static final int EMAIL = 1;

    private CertificateName() {}

    /** The name in it. @throws NotProven if it has none, or does not hold at this time */
    static Identity of(X509Certificate certificate, Instant now) {
        try {
            // a session of TLS may be older than what it rests on
            certificate.checkValidity(Date.from(now));
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            String name = first(names, URI)
                    .or(() -> first(names, DNS))
                    .or(() -> first(names, EMAIL))
                    .orElseThrow(() -> new NotProven(
                            "the client certificate has no name (expected: a URI, DNS name or email as SAN)"));
            return Identity.named(name, Proof.MTLS);
        } catch (CertificateParsingException e) {
            throw new NotProven("the names in the client certificate cannot be read");
        } catch (CertificateException e) {
            throw new NotProven("the client certificate has expired, or is of the future");
        }
    }

    private static Optional<String> first(@Nullable Collection<List<?>> names, int kind) {
        return names == null
                ? Optional.empty()
                : names.stream()
                        .filter(name -> Integer.valueOf(kind).equals(name.get(0)))
                        .map(name -> String.valueOf(name.get(1)))
                        .findFirst();
    }
}
