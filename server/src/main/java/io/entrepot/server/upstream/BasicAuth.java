package io.entrepot.server.upstream;

import io.entrepot.server.login.Login;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** The Basic scheme (RFC 7617). */
final class BasicAuth {

    private BasicAuth() {}

    static String header(Login.Password login) {
        return header(login.username(), login.password().reveal());
    }

    static String header(String username, String password) {
        byte[] pair = (username + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }
}
