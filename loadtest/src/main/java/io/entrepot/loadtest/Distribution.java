package io.entrepot.loadtest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.entrepot.oci.MediaType;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/** The pull endpoints of the distribution spec over a {@link Shelf}. */
final class Distribution {

    private final Shelf shelf;
    private final Auth auth;
    private final Optional<StorageHost> storage;
    private final int pageSize;
    private final int referrersPage;
    private final Optional<HubLimits> limits;

    Distribution(
            Shelf shelf,
            Auth auth,
            Optional<StorageHost> storage,
            int pageSize,
            int referrersPage,
            Optional<HubLimits> limits) {
        this.shelf = shelf;
        this.auth = auth;
        this.storage = storage;
        this.pageSize = pageSize;
        this.referrersPage = referrersPage;
        this.limits = limits;
    }

    Reply answer(Request request, URI self) {
        if (auth instanceof TokenAuth tokens && tokens.isAt(request.path())) {
            return tokens.token(request);
        }
        if (!request.isHead() && !request.method().equals("GET")) {
            return Reply.error(405, "the registry is read-only");
        }
        Optional<Route> route = Route.parse(request.path());
        if (route.isEmpty() && !request.path().equals("/v2/") && !request.path().equals("/v2")) {
            return Reply.error(404, "no such page");
        }
        String repository = route.map(Route::repository).orElse("");
        return auth.refuse(request, repository, self)
                .orElseGet(() -> route.map(to -> limited(request, to)).orElseGet(() -> Reply.json(200, Json.object())))
                .with("Docker-Distribution-Api-Version", "registry/2.0");
    }

    private Reply limited(Request request, Route route) {
        return limits.map(known -> known.limited(request, route, () -> resource(request, route)))
                .orElseGet(() -> resource(request, route));
    }

    private Reply resource(Request request, Route route) {
        return switch (route.kind()) {
            case "manifests" -> manifest(request, route);
            case "blobs" -> blob(request, route);
            case "referrers" -> referrers(request, route);
            default -> tags(request, route);
        };
    }

    private Reply manifest(Request request, Route route) {
        return shelf.manifest(route.repository(), route.last())
                .map(held -> Ranges.answer(
                        request,
                        held.content(),
                        headers(held.digest().toString(), held.type().value())))
                .orElseGet(() -> Reply.error(404, "MANIFEST_UNKNOWN", "manifest unknown: " + route.last()));
    }

    private Reply blob(Request request, Route route) {
        Optional<Content> content = shelf.blob(route.repository(), route.last());
        if (content.isPresent() && storage.isPresent()) {
            return Reply.of(
                    307, Headers.of("Location: " + storage.get().presign(request, route.last())), Content.empty());
        }
        return content.map(bytes -> Ranges.answer(
                        request,
                        bytes,
                        headers(route.last(), "application/octet-stream")
                                .plus("Accept-Ranges", "bytes")
                                .plus("Cache-Control", "max-age=31536000")))
                .orElseGet(() -> Reply.error(404, "BLOB_UNKNOWN", "blob unknown: " + route.last()));
    }

    private static Headers headers(String digest, String type) {
        return Headers.of("Content-Type: " + type, "Docker-Content-Digest: " + digest, "ETag: \"" + digest + "\"");
    }

    private Reply referrers(Request request, Route route) {
        if (referrersPage == 0) {
            return Reply.error(404, "no such page");
        }
        List<ObjectNode> all = shelf.referrers(route.repository(), route.last());
        int from = request.parameter("from").map(Integer::parseInt).orElse(0);
        int to = Math.min(all.size(), from + referrersPage);
        ObjectNode index = Json.object().put("schemaVersion", 2).put("mediaType", MediaType.OCI_INDEX.value());
        index.putArray("manifests").addAll(all.subList(from, to));
        Reply reply = Reply.json(200, index).without("Content-Type").with("Content-Type", MediaType.OCI_INDEX.value());
        return to == all.size() ? reply : reply.with("Link", "<" + request.path() + "?from=" + to + ">; rel=\"next\"");
    }

    private Reply tags(Request request, Route route) {
        if (!route.last().equals("list")) {
            return Reply.error(404, "no such page");
        }
        return shelf.tags(route.repository())
                .map(tags -> page(request, route.repository(), tags))
                .orElseGet(() -> Reply.error(404, "NAME_UNKNOWN", "repository unknown: " + route.repository()));
    }

    private Reply page(Request request, String repository, List<String> tags) {
        String last = request.parameter("last").orElse("");
        int asked = request.parameter("n").map(Integer::parseInt).orElse(pageSize);
        int limit = Math.min(asked, pageSize);
        List<String> left = tags.stream().filter(tag -> tag.compareTo(last) > 0).toList();
        List<String> page = left.stream().limit(limit).toList();
        ObjectNode body = Json.object().put("name", repository);
        ArrayNode array = body.putArray("tags");
        page.forEach(array::add);
        Reply reply = Reply.json(200, body);
        if (page.isEmpty() || page.size() == left.size()) {
            return reply;
        }
        String next = "/v2/" + repository + "/tags/list?last=" + page.get(page.size() - 1) + "&n=" + limit;
        return reply.with("Link", "<" + next + ">; rel=\"next\"");
    }
}
