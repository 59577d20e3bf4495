package io.entrepot.server.node.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import io.entrepot.server.inspect.Json;
import io.entrepot.server.node.doctor.Hop.Endpoint;
import io.entrepot.server.tls.AskingTls;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;

/** Asks an endpoint for the canary, as the runtime would ask it for an image. Blocks. */
final class CanaryCall {

    private static final int PATIENCE_MILLIS = 10_000;
    private static final int LONGEST = 64 * 1024;

    private CanaryCall() {}

    /** What came of it. */
    sealed interface Answer {

        /** It is a mirror, and refuses; the reason phrase is what a person reads at a pod. */
        record Refused(String reason) implements Answer {}

        /** It does something else than refuse. */
        record Other(int status) implements Answer {}

        record Unreachable(String why) implements Answer {}
    }

    static Answer ask(Endpoint endpoint) {
        try {
            return ask(endpoint, endpoint.canary());
        } catch (IOException | GeneralSecurityException e) {
            return plain(endpoint).orElseGet(() -> new Answer.Unreachable(reason(e)));
        }
    }

    /** What podman calls insecure may speak plain HTTP. */
    private static Optional<Answer> plain(Endpoint endpoint) {
        URI canary = endpoint.canary();
        if (!endpoint.trust().insecure() || !"https".equals(canary.getScheme())) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    ask(endpoint, URI.create("http" + canary.toString().substring("https".length()))));
        } catch (IOException | GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    private static Answer ask(Endpoint endpoint, URI canary) throws IOException, GeneralSecurityException {
        HttpURLConnection call = (HttpURLConnection) canary.toURL().openConnection(Proxy.NO_PROXY);
        try {
            prepare(call, endpoint);
            int status = call.getResponseCode();
            return status == HttpURLConnection.HTTP_FORBIDDEN && isDenied(call)
                    ? new Answer.Refused(
                            Optional.ofNullable(call.getResponseMessage()).orElse(""))
                    : new Answer.Other(status);
        } finally {
            call.disconnect();
        }
    }

    private static void prepare(HttpURLConnection call, Endpoint endpoint)
            throws IOException, GeneralSecurityException {
        call.setInstanceFollowRedirects(false);
        call.setConnectTimeout(PATIENCE_MILLIS);
        call.setReadTimeout(PATIENCE_MILLIS);
        call.setRequestProperty("Accept", "*/*");
        endpoint.trust()
                .headers()
                .forEach((name, values) -> values.forEach(value -> call.addRequestProperty(name, value)));
        if (call instanceof HttpsURLConnection secure) {
            Hop.Trust trust = endpoint.trust();
            secure.setSSLSocketFactory(AskingTls.context(trust.authorities(), trust.clients(), trust.insecure())
                    .getSocketFactory());
            if (trust.insecure()) {
                secure.setHostnameVerifier((host, session) -> true);
            }
        }
    }

    private static boolean isDenied(HttpURLConnection call) throws IOException {
        try (InputStream body = call.getErrorStream()) {
            byte[] start = body == null ? new byte[0] : body.readNBytes(LONGEST);
            JsonNode error = Json.parse(new String(start, StandardCharsets.UTF_8))
                    .path("errors")
                    .path(0);
            return error.path("code").asText().toUpperCase(Locale.ROOT).equals("DENIED");
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String reason(Exception e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
