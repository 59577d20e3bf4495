package io.entrepot.deploy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A token server for docker-registry: whoever has the password or the identity token may pull everything, and everybody what is
 * under {@code open/} (distribution, token.md and oauth.md).
 */
final class TokenServer implements AutoCloseable {

    static final String USER = "puller";
    static final String PASSWORD = "correct horse";
    static final String IDENTITY_TOKEN = "battery-staple";

    private static final String ISSUER = "test-issuer";
    private static final String SERVICE = "test-registry";

    private final HttpServer server;
    private final PrivateKey key;
    private final X509Certificate certificate;
    private final Path bundle;
    private final List<String> refused = new CopyOnWriteArrayList<>();

    private TokenServer(HttpServer server, PrivateKey key, X509Certificate certificate, Path bundle) {
        this.server = server;
        this.key = key;
        this.certificate = certificate;
        this.bundle = bundle;
    }

    /** Makes a key and certificate with the JDK's keytool, and listens on loopback. */
    static TokenServer start(Path dir) throws Exception {
        Path store = dir.resolve("token.p12");
        Path bundle = dir.resolve("token.pem");
        Command keytool = Command.of(Path.of(System.getProperty("java.home"), "bin", "keytool"));
        Object[] entry = {"-alias", "k", "-keystore", store, "-storepass", "changeit"};
        keytool.with("-genkeypair", "-keyalg", "RSA", "-keysize", "2048", "-dname", "CN=token", "-validity", "30")
                .with(entry)
                .run();
        keytool.with("-exportcert", "-rfc", "-file", bundle).with(entry).run();
        KeyStore keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        TokenServer tokens = new TokenServer(
                server,
                (PrivateKey) keys.getKey("k", "changeit".toCharArray()),
                (X509Certificate) keys.getCertificate("k"),
                bundle);
        server.createContext("/token", tokens::answer);
        server.start();
        return tokens;
    }

    /** Its port. */
    int port() {
        return server.getAddress().getPort();
    }

    /** What makes a docker-registry ask for its tokens. */
    String registryConfig() {
        return "auth: { token: { realm: \"http://127.0.0.1:%d/token\", service: %s, issuer: %s, rootcertbundle: %s } }"
                .formatted(port(), SERVICE, ISSUER, bundle);
    }

    /** Requests without the right password or identity token. */
    List<String> refused() {
        return refused;
    }

    private void answer(HttpExchange exchange) throws IOException {
        boolean post = exchange.getRequestMethod().equals("POST");
        String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String query = post
                ? URLDecoder.decode(form, StandardCharsets.UTF_8)
                : String.valueOf(exchange.getRequestURI().getQuery());
        String shown = exchange.getRequestHeaders().getFirst("Authorization");
        boolean known = post ? query.contains("refresh_token=" + IDENTITY_TOKEN) : isKnown(shown, query);
        if (!known) {
            refused.add(query);
        }
        byte[] body = known
                ? ("{\"token\":\"" + token(query) + "\",\"expires_in\":300}").getBytes(StandardCharsets.UTF_8)
                : new byte[0];
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(known ? 200 : 401, known ? body.length : -1);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    private static boolean isKnown(String shown, String query) {
        String expected = Base64.getEncoder().encodeToString((USER + ":" + PASSWORD).getBytes(StandardCharsets.UTF_8));
        return shown == null ? query.contains("scope=repository:open/") : shown.equals("Basic " + expected);
    }

    private String token(String query) {
        String[] scope = query.replaceAll(".*scope=repository:([^&]*).*", "$1").split(":");
        String repository = scope[0];
        String actions = scope.length > 1 ? "\"" + scope[1].replace(",", "\",\"") + "\"" : "";
        long now = Instant.now().getEpochSecond();
        String claims =
                """
                {"iss":"%s","sub":"%s","aud":"%s","exp":%d,"nbf":%d,"iat":%d,"jti":"%d",
                 "access":[{"type":"repository","name":"%s","actions":[%s]}]}""".formatted(ISSUER, USER, SERVICE, now + 300, now - 10, now, System.nanoTime(), repository, actions);
        return signed(claims);
    }

    private String signed(String claims) {
        try {
            String chain = Base64.getEncoder().encodeToString(certificate.getEncoded());
            String header = "{\"typ\":\"JWT\",\"alg\":\"RS256\",\"x5c\":[\"" + chain + "\"]}";
            String signed = encoded(header.getBytes(StandardCharsets.UTF_8)) + "."
                    + encoded(claims.getBytes(StandardCharsets.UTF_8));
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(key);
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed + "." + encoded(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
