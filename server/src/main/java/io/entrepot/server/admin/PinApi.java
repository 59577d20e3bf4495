package io.entrepot.server.admin;

import io.entrepot.oci.Digest;
import io.entrepot.oci.ImageRef;
import io.entrepot.oci.Reference;
import io.entrepot.server.content.Promoted;
import io.entrepot.server.inspect.Json;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Pins, for a person: which there are, what upstreams say now, and to promote what waits for it. */
final class PinApi {

    private static final int LONGEST_NAME = 200;

    private final Pins pins;

    PinApi(Pins pins) {
        this.pins = pins;
    }

    CompletableFuture<Reply> list() {
        return pins.all()
                .thenApply(lines -> new Reply.Streamed(
                        Lines.of(lines.stream().map(Json::text).toList())));
    }

    /** As in {@code ?image=alpine:3.20}. @throws IllegalArgumentException if it is no tag */
    CompletableFuture<Reply> upstream(Map<String, List<String>> query) {
        return pins.upstream(tag(query))
                .thenApply(now -> Reply.json(
                        200,
                        Map.of(
                                "repository",
                                now.repository().toString(),
                                "digest",
                                now.reference().toString())));
    }

    /** As in {@code ?image=alpine:3.20&by=alice}, and {@code &digest=sha256:…}. @throws IllegalArgumentException if it is not */
    CompletableFuture<Reply> promote(Map<String, List<String>> query) {
        ImageRef image = tag(query);
        Optional<Digest> digest = query.getOrDefault("digest", List.of()).stream()
                .reduce((one, two) -> {
                    throw new IllegalArgumentException("digest is given more than once (expected: once, or not)");
                })
                .map(Digest::parse);
        return pins.promote(image, digest, by(query))
                .thenApply(done -> done.map(made -> promoted(image, made))
                        .orElseGet(() -> Reply.error(404, nothing(image, digest))));
    }

    private static Reply promoted(ImageRef image, Promoted made) {
        return Reply.json(
                200,
                Map.of(
                        "image",
                        image.toString(),
                        "promoted",
                        made.what().name().toLowerCase(Locale.ROOT),
                        "digest",
                        made.digest().toString()));
    }

    private static String nothing(ImageRef image, Optional<Digest> digest) {
        return digest.map(other -> image + " never meant " + other
                        + ", as far as this mirror saw (expected: a digest that it had)")
                .orElseGet(() -> "nothing waits to be promoted for " + image
                        + " (expected: what a first pull proposed, or a return to a digest that the tag had left)");
    }

    private static ImageRef tag(Map<String, List<String>> query) {
        ImageRef image = ImageRef.parse(one(query, "image"));
        if (!(image.reference() instanceof Reference.Tag)) {
            throw new IllegalArgumentException(image + " (expected: an image by tag)");
        }
        return image;
    }

    private static String by(Map<String, List<String>> query) {
        String by = one(query, "by");
        if (by.length() > LONGEST_NAME) {
            throw new IllegalArgumentException(
                    "by: " + by.length() + " characters (expected: at most " + LONGEST_NAME + ")");
        }
        return by;
    }

    private static String one(Map<String, List<String>> query, String name) {
        List<String> values = query.getOrDefault(name, List.of());
        if (values.size() != 1) {
            throw new IllegalArgumentException(name + " is given " + values.size() + " times (expected: once)");
        }
        return values.get(0);
    }
}
