package io.entrepot.server.admin;

import io.entrepot.oci.ImageRef;
import io.entrepot.oci.Platform;
import io.entrepot.server.inspect.SightingLines;
import io.entrepot.server.pull.Notebook;
import io.entrepot.server.pull.Sightings;
import io.entrepot.server.pull.Warmed;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Pulls, for a person: what was asked for in vain, what was discovered, and to bring an image in. */
public final class PullApi {

    private final Notebook notebook;
    private final Warm warm;

    /** Brings an image in; {@code platforms} is empty for all. */
    @FunctionalInterface
    public interface Warm {
        CompletableFuture<Warmed> warm(ImageRef image, List<Platform> platforms);
    }

    public PullApi(Notebook notebook, Warm warm) {
        this.notebook = notebook;
        this.warm = warm;
    }

    CompletableFuture<Reply> misses() {
        return list(notebook.misses());
    }

    CompletableFuture<Reply> forgetMisses() {
        notebook.misses().clear();
        return CompletableFuture.completedFuture(Reply.json(200, Map.of("cleared", true)));
    }

    CompletableFuture<Reply> forgetDiscovered() {
        notebook.discovered().clear();
        return CompletableFuture.completedFuture(Reply.json(200, Map.of("cleared", true)));
    }

    CompletableFuture<Reply> discovered() {
        return list(notebook.discovered());
    }

    private static CompletableFuture<Reply> list(Sightings sightings) {
        return CompletableFuture.completedFuture(new Reply.Streamed(
                Lines.of(sightings.list().stream().map(SightingLines::line).toList())));
    }

    /** @throws IllegalArgumentException if the image or a platform cannot be one */
    CompletableFuture<Reply> warm(List<String> images, Collection<String> platforms) {
        if (images.size() != 1) {
            throw new IllegalArgumentException("image is given " + images.size() + " times (expected: once)");
        }
        ImageRef image = ImageRef.parse(images.get(0));
        List<Platform> wanted = platforms.stream().map(Platform::parse).toList();
        return warm.warm(image, wanted).thenApply(warmed -> Reply.json(200, facts(image, warmed)));
    }

    private static Map<String, Object> facts(ImageRef image, Warmed warmed) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("image", image.toString());
        facts.put("manifests", warmed.manifests());
        facts.put("blobs", warmed.blobs());
        facts.put("bytes", warmed.bytes());
        facts.put("fetchedBytes", warmed.fetchedBytes());
        facts.put("referrers", warmed.referrers());
        facts.put("failures", warmed.failures());
        return facts;
    }
}
