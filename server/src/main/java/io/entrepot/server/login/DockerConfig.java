package io.entrepot.server.login;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.entrepot.config.Secret;
import io.entrepot.oci.Glob;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What stands in Docker's {@code config.json}, which Podman's {@code auth.json} and a cluster's pull secrets are, too:
 *
 * <pre>
 *   { "auths": { "https://index.docker.io/v1/": { "auth": "base64 of user:password" },
 *                "ghcr.io": { "username": …, "password": … }, "acr.example": { "identitytoken": … },
 *                "quay.io/acme": { … }, "*.corp.example": { … } },
 *     "credHelpers": { "gcr.io": "gcloud" }, "credsStore": "pass" }
 * </pre>
 *
 * <p>A key is a registry, or one and the beginning of a path; the longest that fits holds, a whole name before a pattern.
 */
record DockerConfig(List<Entry> auths, Map<String, String> helpers, String store) {

    private static final ObjectMapper JSON = new ObjectMapper();

    DockerConfig {
        auths = List.copyOf(auths);
        helpers = Map.copyOf(helpers);
    }

    /** A key of {@code auths}, and what stands there. */
    record Entry(String host, String path, Login login) {

        private boolean fits(List<String> hosts, String repository) {
            boolean here = hosts.stream().anyMatch(this::isHost);
            return here && (path.isEmpty() || repository.equals(path) || repository.startsWith(path + "/"));
        }

        /** Patterns are those of the kubelet: {@code *} is a part of one label. */
        private boolean isHost(String name) {
            return host.equals(name)
                    || host.indexOf('*') >= 0 && new Glob(host.replace('.', '/')).matches(name.replace('.', '/'));
        }
    }

    /** @throws NoLogin if it is no such file; nothing of it is repeated */
    static DockerConfig parse(String text) {
        try {
            JsonNode json = JSON.readTree(text);
            if (!json.isObject()) {
                throw new NoLogin("not a Docker config (expected: {\"auths\": …})");
            }
            Map<String, String> helpers = new HashMap<>();
            json.path("credHelpers")
                    .properties()
                    .forEach(field ->
                            helpers.put(host(field.getKey()), field.getValue().asText("")));
            return new DockerConfig(
                    auths(json.path("auths")), helpers, json.path("credsStore").asText(""));
        } catch (IOException e) {
            throw new NoLogin("not JSON (expected: {\"auths\": …})");
        }
    }

    /** One that has nothing but auths, in the same form. */
    static DockerConfig of(JsonNode auths) {
        return new DockerConfig(auths(auths), Map.of(), "");
    }

    private static List<Entry> auths(JsonNode json) {
        List<Entry> auths = new ArrayList<>();
        json.properties()
                .forEach(field -> entry(field.getKey(), field.getValue()).ifPresent(auths::add));
        return auths;
    }

    private static Optional<Entry> entry(String key, JsonNode value) {
        String bare = bare(key);
        int slash = bare.indexOf('/');
        String path = slash < 0 ? "" : bare.substring(slash + 1);
        return login(value).map(login -> new Entry(host(key), path, login));
    }

    private static String host(String key) {
        return bare(key).split("/", 2)[0].toLowerCase(Locale.ROOT);
    }

    /** Without the scheme, and without the path of the API that old keys end in. */
    private static String bare(String key) {
        return key.replaceFirst("(?i)^https?://", "").replaceFirst("/+$", "").replaceFirst("/v[12]$", "");
    }

    private static Optional<Login> login(JsonNode value) {
        String identity = value.path("identitytoken").asText("");
        if (!identity.isEmpty()) {
            return Optional.of(new Login.Identity(new Secret(identity)));
        }
        String user = value.path("username").asText("");
        String password = value.path("password").asText("");
        String pair = decoded(value.path("auth").asText(""));
        int colon = pair.indexOf(':');
        if (colon > 0) {
            user = pair.substring(0, colon);
            password = pair.substring(colon + 1).replaceFirst("\0+\\z", "");
        }
        return user.isEmpty() || password.isEmpty()
                ? Optional.empty()
                : Optional.of(new Login.Password(user, new Secret(password)));
    }

    private static String decoded(String text) {
        try {
            return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /** The helper that is to be asked about a registry, by the name that stands here. */
    Optional<String> helper(List<String> hosts) {
        return hosts.stream()
                .map(helpers::get)
                .filter(Objects::nonNull)
                .findFirst()
                .or(() -> Optional.of(store))
                .filter(name -> !name.isEmpty());
    }

    /** The login for a repository of a registry that is known under these names; nobody if none stands here. */
    Login login(List<String> hosts, String repository) {
        return auths.stream()
                .filter(entry -> entry.fits(hosts, repository))
                .max(Comparator.comparingInt((Entry entry) -> entry.path().length())
                        .thenComparing(entry -> entry.host().indexOf('*') < 0))
                .map(Entry::login)
                .orElseGet(Login.Nobody::new);
    }
}
