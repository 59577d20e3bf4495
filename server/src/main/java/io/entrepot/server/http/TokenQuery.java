package io.entrepot.server.http;

import io.entrepot.oci.RegistryException;
import io.entrepot.server.pull.Client;
import io.entrepot.server.pull.TokenRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads what a client wants a token for: {@code GET /token?service=…&scope=…&scope=…} with its password in Authorization, or
 * {@code POST /token} with {@code grant_type=password&username=…&password=…&service=…&scope=…}, or with {@code
 * grant_type=refresh_token&refresh_token=…} (distribution, token and oauth2).
 */
final class TokenQuery {

    private static final int MOST_FIELDS = 64;

    private TokenQuery() {}

    private record Field(String name, String value) {}

    /** @param form empty: it was a GET */
    static TokenRequest of(RequestHead head, String target, String form, Client client) {
        int question = target.indexOf('?');
        String path = question < 0 ? target : target.substring(0, question);
        List<Field> fields = new ArrayList<>(fields(question < 0 ? "" : target.substring(question + 1)));
        fields.addAll(fields(form));
        String host = head.value("Host").toLowerCase(Locale.ROOT);
        String service = one(fields, "service");
        return new TokenRequest(
                path.length() > "/token".length() ? path.substring(1, path.length() - "/token".length()) : "",
                service.equals(host) ? "" : service,
                host,
                scopes(fields),
                form.isEmpty() ? client : asking(fields, client));
    }

    private static Client asking(List<Field> fields, Client client) {
        return switch (one(fields, "grant_type")) {
            case "password" -> client.with(user(fields), one(fields, "password"));
            case "refresh_token" -> client.withIdentityToken(one(fields, "refresh_token"));
            // 400 and not 401: clients then ask again by GET
            default ->
                throw new RegistryException.NameInvalid(
                        "grant_type: it is not known here (expected: password, or refresh_token)");
        };
    }

    private static String user(List<Field> fields) {
        String user = one(fields, "username");
        if (user.indexOf(':') >= 0) {
            throw new RegistryException.NameInvalid("username: a colon in it (expected: none)");
        }
        return user;
    }

    /** Each on its own, or several with spaces between them. */
    private static List<String> scopes(List<Field> fields) {
        List<String> scopes = new ArrayList<>();
        for (Field field : fields) {
            if (field.name.equals("scope")) {
                for (String scope : field.value.split(" ", -1)) {
                    if (!scope.isEmpty()) {
                        scopes.add(scope);
                    }
                }
            }
        }
        return scopes;
    }

    private static String one(List<Field> fields, String name) {
        List<Field> found =
                fields.stream().filter(field -> field.name.equals(name)).toList();
        if (found.size() > 1) {
            throw bad(name + " is there " + found.size() + " times (expected: once)");
        }
        return found.isEmpty() ? "" : found.get(0).value;
    }

    private static List<Field> fields(String text) {
        List<Field> fields = new ArrayList<>();
        if (text.isEmpty()) {
            return fields;
        }
        String[] parts = text.split("&", MOST_FIELDS + 1);
        if (parts.length > MOST_FIELDS) {
            throw bad("more than " + MOST_FIELDS + " fields");
        }
        for (String part : parts) {
            int equals = part.indexOf('=');
            String name = equals < 0 ? part : part.substring(0, equals);
            fields.add(new Field(decoded(name), equals < 0 ? "" : decoded(part.substring(equals + 1))));
        }
        return fields;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw bad("a field cannot be read (expected: name=value, as forms write it)");
        }
    }

    private static RegistryException bad(String message) {
        return new RegistryException.BadRequest(400, message);
    }
}
