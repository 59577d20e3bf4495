package io.entrepot.server.pull;

import io.entrepot.server.access.Brought;
import io.entrepot.server.access.Offer;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;

/**
 * Where a request comes from, what it brings to say who sent it, and what the software there calls itself.
 *
 * @param address the client's, also where trusted proxies stand between
 * @param peer the connection's own: the nearest proxy's, or the client's if there is none
 * @param authorization the header of that name; empty: none was sent
 * @param node the credential of a node, from a header of its own; empty: none was sent
 * @param certificates of the client, its own first, verified by TLS; empty: it has none
 * @param port of the connection's other end; 0: there is none
 * @param trace W3C trace id, 32 hexadecimal digits; empty: none was sent
 * @param isOperator the mirror itself, on behalf of whoever runs it
 */
public record Client(
        InetAddress address,
        InetAddress peer,
        String authorization,
        String node,
        List<X509Certificate> certificates,
        String userAgent,
        int port,
        String trace,
        boolean isOperator) {

    public Client {
        certificates = List.copyOf(certificates);
    }

    /** Somebody on the data port of whom nothing but the address is known. */
    public Client(InetAddress address, InetAddress peer, String userAgent) {
        this(address, peer, "", "", List.of(), userAgent, 0, "", false);
    }

    static Client operator(String userAgent) {
        InetAddress here = InetAddress.getLoopbackAddress();
        return new Client(here, here, "", "", List.of(), userAgent, 0, "", true);
    }

    /** The same client, with this instead of the header that it sent. */
    public Client with(String authorization) {
        return new Client(address, peer, authorization, node, certificates, userAgent, port, trace, isOperator);
    }

    /** The same client, with a login instead of the header that it sent; a name has no colon in it. */
    public Client with(String user, String password) {
        String login = user + ":" + password;
        return with("Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)));
    }

    /** The same client, with a token that stands for a login somewhere. */
    public Client withIdentityToken(String token) {
        return with(Brought.IDENTITY_TOKEN, token);
    }

    /** What access has to go by. */
    Offer offer() {
        return new Offer(address, peer, authorization, node, certificates);
    }

    /** A header is a secret. */
    @Override
    public String toString() {
        return address.getHostAddress();
    }
}
