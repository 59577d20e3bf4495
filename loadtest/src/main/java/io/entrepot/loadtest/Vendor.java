package io.entrepot.loadtest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.entrepot.oci.MediaType;
import java.net.URI;
import java.util.Optional;

/**
 * The registries that people pull from, with what is peculiar to each as far as a client can see it. Who may read what a
 * registry's {@link Auth} says; a {@link TokenAuth} takes over how the vendor's token server is called and what it says.
 */
public enum Vendor {
    /** The distribution project's registry, as it comes. */
    DISTRIBUTION("fake", "/token"),

    /** Says the limit with every manifest, and 401 of what does not exist. Its token server is another host. */
    DOCKER_HUB("registry.docker.io", "/token") {
        @Override
        Reply dressed(Request request, Reply reply) {
            boolean manifest = Route.parse(request.path())
                    .filter(route -> route.kind().equals("manifests"))
                    .isPresent();
            return manifest && reply.status() == 200
                    ? reply.with("ratelimit-limit", "100;w=21600")
                            .with("ratelimit-remaining", "76;w=21600")
                            .with("docker-ratelimit-source", "203.0.113.7")
                    : reply;
        }
    },

    /** Names a repository that is none in the challenge of its root, and serves an index only to who takes one. */
    GHCR("ghcr.io", "/token") {
        @Override
        String scopeOfRoot() {
            return "repository:user/image:pull";
        }

        @Override
        Reply dressed(Request request, Reply reply) {
            boolean index = reply.headers()
                    .first("Content-Type")
                    .filter(MediaType.OCI_INDEX.value()::equals)
                    .isPresent();
            boolean taken = request.headers().all("Accept").stream()
                    .anyMatch(accept -> accept.contains(MediaType.OCI_INDEX.value()));
            return index && !taken
                    ? Reply.error(
                            404, "MANIFEST_UNKNOWN", "OCI index found, but Accept header does not support OCI indexes")
                    : reply;
        }
    },

    /** Writes its challenge without quotes. */
    QUAY("quay.io", "/v2/auth") {
        @Override
        Reply dressed(Request request, Reply reply) {
            return reply.headers()
                    .first("WWW-Authenticate")
                    .map(challenge -> reply.with("WWW-Authenticate", challenge.replace("\"", "")))
                    .orElse(reply);
        }
    },

    /** Google's: says how to log in at its root alone, and knows no POST for tokens. */
    GOOGLE("gcr.io", "/v2/token") {
        @Override
        Reply dressed(Request request, Reply reply) {
            return reply.status() == 401 && Route.parse(request.path()).isPresent()
                    ? reply.without("WWW-Authenticate")
                    : reply;
        }
    },

    /** Amazon's private ones: passwords in every request. */
    ECR("ecr.amazonaws.com", "") {
        @Override
        Reply dressed(Request request, Reply reply) {
            return reply.status() == 401
                    ? reply.with(
                            "WWW-Authenticate", "Basic realm=\"https://ecr.example/\",service=\"ecr.amazonaws.com\"")
                    : reply;
        }
    },

    /** Amazon's public one: a token for everybody, which is not taken for HEAD of a blob. */
    ECR_PUBLIC("public.ecr.aws", "/token/") {
        @Override
        String scopeOfRoot() {
            return "aws";
        }

        @Override
        Optional<Reply> instead(Request request, Auth auth) {
            boolean blob = Route.parse(request.path())
                    .filter(route -> route.kind().equals("blobs"))
                    .isPresent();
            return request.isHead() && blob ? Optional.of(Reply.error(401, "Not Authorized")) : Optional.empty();
        }
    },

    /** Azure's: changes a token of Entra ID into one of its own. */
    AZURE("fake.azurecr.io", "/oauth2/token") {
        @Override
        Optional<Reply> instead(Request request, Auth auth) {
            if (!request.path().equals("/oauth2/exchange") || !(auth instanceof TokenAuth tokens)) {
                return Optional.empty();
            }
            boolean sound = request.method().equals("POST")
                    && request.formFields("grant_type").contains("access_token")
                    && !request.formFields("service").isEmpty();
            Optional<String> refresh =
                    request.formFields("access_token").stream().findFirst().flatMap(tokens::exchanged);
            ObjectNode answer = Json.object();
            return Optional.of(
                    sound && refresh.isPresent()
                            ? Reply.json(200, answer.put("refresh_token", refresh.get()))
                            : Reply.error(401, "authentication required"));
        }
    },

    /** Sends whoever asks for anything to another registry. */
    KUBERNETES("", "") {
        @Override
        Optional<Reply> elsewhere(Request request, URI backing) {
            return Route.parse(request.path()).isPresent()
                    ? Optional.of(Reply.of(307, Headers.of("Location: " + backing + request.path()), Content.empty()))
                    : Optional.empty();
        }
    },

    /** Microsoft's: open to everybody, no list of repositories. */
    MICROSOFT("", ""),

    /** Says 404 of a project that a login may not see. */
    HARBOR("harbor-registry", "/service/token") {
        @Override
        Reply dressed(Request request, Reply reply) {
            boolean known = request.headers().has("Authorization");
            boolean foreign = reply.headers()
                    .first("WWW-Authenticate")
                    .filter(challenge -> challenge.contains("insufficient_scope"))
                    .isPresent();
            return known && foreign ? Reply.error(404, "NOT_FOUND", "project not found") : reply;
        }
    },

    /** Serves its root and {@code public/…} to everybody; to a nobody all else does not exist, and nobody is asked. */
    ARTIFACTORY("artifactory", "/artifactory/api/docker/local/v2/token") {
        @Override
        Optional<Reply> instead(Request request, Auth auth) {
            if (request.headers().has("Authorization")) {
                return Optional.empty();
            }
            Optional<Route> route = Route.parse(request.path());
            return route.isEmpty()
                    ? Optional.of(Reply.json(200, Json.object()))
                    : route.filter(to -> !to.repository().startsWith("public/"))
                            .map(to -> Reply.error(404, "MANIFEST_UNKNOWN", "The named manifest is not known"));
        }
    },

    /** Asks for a password. */
    NEXUS("", "") {
        @Override
        Reply dressed(Request request, Reply reply) {
            return reply.status() == 401
                    ? reply.with("WWW-Authenticate", "BASIC realm=\"Sonatype Nexus Repository Manager\"")
                    : reply;
        }
    },

    /** Its token server is the site beside the registry. */
    GITLAB("container_registry", "/jwt/auth");

    private final String service;
    private final String tokenPath;

    Vendor(String service, String tokenPath) {
        this.service = service;
        this.tokenPath = tokenPath;
    }

    /** What its challenges name as the service. */
    String service() {
        return service;
    }

    /** Where it gives out tokens. */
    String tokenPath() {
        return tokenPath;
    }

    /** What a challenge at its root names as the scope; empty for none. */
    String scopeOfRoot() {
        return "";
    }

    /** An answer that needs neither login nor content. */
    Optional<Reply> instead(Request request, Auth auth) {
        return Optional.empty();
    }

    /** Where it sends a request that it does not answer itself. */
    Optional<Reply> elsewhere(Request request, URI backing) {
        return Optional.empty();
    }

    /** The answer as this vendor gives it. */
    Reply dressed(Request request, Reply reply) {
        return reply;
    }
}
