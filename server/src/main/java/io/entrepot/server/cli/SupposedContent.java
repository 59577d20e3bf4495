package io.entrepot.server.cli;

import io.entrepot.config.Quantities;
import io.entrepot.oci.Digest;
import io.entrepot.oci.ImageRef;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.MediaType;
import io.entrepot.oci.Platform;
import io.entrepot.oci.Reference.ByDigest;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.server.cli.PolicyTable.Row;
import io.entrepot.server.inspect.Json;
import io.entrepot.server.policy.Standing;
import io.entrepot.server.policy.Subject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Content of which a row of a table says what matters: a manifest is made for it, of the kind, size and types that it says. */
final class SupposedContent {

    /** Those of a row that speak of content; a row with none of them is judged by its names. */
    private static final Set<String> FIELDS = Set.of(
            "tags",
            "age",
            "pinned",
            "first",
            "platforms",
            "size",
            "media-type",
            "artifact-type",
            "layer-types",
            "foreign-urls");

    private static final String LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";
    private static final String CONFIG = "application/vnd.oci.image.config.v1+json";
    private static final String SOME_DIGEST = "sha256:" + "0".repeat(64);

    private final Row row;

    private SupposedContent(Row row) {
        this.row = row;
    }

    static boolean isSaid(Row row) {
        return FIELDS.stream().anyMatch(row::has);
    }

    /** @throws IllegalArgumentException if a field says nothing that content could be */
    static Subject of(Row row, ImageRef image, Instant now) {
        SupposedContent content = new SupposedContent(row);
        List<Platform> platforms =
                row.all("platforms").stream().map(Platform::parse).toList();
        return new Subject(content.manifest(image), platforms, content.standings(image, now));
    }

    private List<Standing> standings(ImageRef image, Instant now) {
        List<Tag> tags = image.reference() instanceof Tag tag
                ? List.of(tag)
                : row.all("tags").stream().map(Tag::new).toList();
        Optional<Instant> since =
                row.has("age") ? Optional.of(now.minus(Quantities.duration(row.text("age")))) : Optional.empty();
        return tags.stream()
                .map(tag -> new Standing(tag, since, row.flag("pinned", false), row.flag("first", true)))
                .toList();
    }

    private Manifest manifest(ImageRef image) {
        MediaType type =
                MediaType.parse(row.has("media-type") ? row.text("media-type") : MediaType.OCI_MANIFEST.value());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("schemaVersion", 2);
        json.put("mediaType", type.value());
        if (row.has("artifact-type")) {
            json.put("artifactType", row.text("artifact-type"));
        }
        if (type.isIndex()) {
            json.put("manifests", entries());
        } else {
            json.put("config", descriptor(CONFIG, 0));
            json.put("layers", layers());
        }
        byte[] bytes = Json.text(json).getBytes(StandardCharsets.UTF_8);
        Digest digest = image.reference() instanceof ByDigest by ? by.digest() : Digest.of(bytes);
        return Manifest.parse(digest, bytes, type);
    }

    private List<Map<String, Object>> layers() {
        List<String> types = row.has("layer-types") ? row.all("layer-types") : List.of(LAYER);
        long size = row.has("size") ? Quantities.size(row.text("size")) : 0;
        List<Map<String, Object>> layers = new ArrayList<>();
        for (String type : types) {
            Map<String, Object> layer = descriptor(type, layers.isEmpty() ? size : 0);
            if (row.flag("foreign-urls", false)) {
                layer.put("urls", List.of("https://elsewhere.example/layer"));
            }
            layers.add(layer);
        }
        return layers;
    }

    private List<Map<String, Object>> entries() {
        List<Map<String, Object>> entries = new ArrayList<>();
        for (String each : row.all("platforms")) {
            String[] parts = each.split("/", -1);
            Map<String, Object> entry = descriptor(MediaType.OCI_MANIFEST.value(), 1);
            Map<String, Object> platform = new LinkedHashMap<>(Map.of("os", parts[0]));
            if (parts.length > 1) {
                platform.put("architecture", parts[1]);
            }
            if (parts.length > 2) {
                platform.put("variant", parts[2]);
            }
            entry.put("platform", platform);
            entries.add(entry);
        }
        return entries;
    }

    private static Map<String, Object> descriptor(String type, long size) {
        Map<String, Object> descriptor = new LinkedHashMap<>();
        descriptor.put("mediaType", type);
        descriptor.put("digest", SOME_DIGEST);
        descriptor.put("size", size);
        return descriptor;
    }
}
