package io.entrepot.server.upstream;

import io.entrepot.server.net.HttpCall;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A token that is asked for: of whom, for which service (may be empty), for which scope. Two forms (distribution, token.md and oauth.md). */
record TokenRequest(URI realm, String service, String scope) {

    /** The GET form; an empty {@code authorization} asks as nobody. What the realm has of a query stays. */
    HttpCall get(String authorization) {
        String query = realm.getRawQuery() == null ? "" : realm.getRawQuery() + "&";
        String bare = realm.toString().split("\\?", 2)[0];
        URI uri = URI.create(bare + "?" + query + parameters());
        return HttpCall.get(uri, authorization.isEmpty() ? Map.of() : Map.of("Authorization", authorization));
    }

    /** The OAuth2 form, with an identity token. */
    HttpCall post(String refreshToken) {
        String form = "grant_type=refresh_token&client_id=entrepot&" + parameters() + "&refresh_token="
                + encoded(refreshToken);
        return new HttpCall(
                HttpCall.Method.POST,
                realm,
                Map.of("Content-Type", "application/x-www-form-urlencoded"),
                form.getBytes(StandardCharsets.US_ASCII));
    }

    private String parameters() {
        return (service.isEmpty() ? "" : "service=" + encoded(service) + "&") + "scope=" + encoded(scope);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
