package io.entrepot.oci;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the few fields of a manifest that a mirror acts on; everything else is skipped and kept as bytes.
 *
 * <p>What clients could read otherwise than we do is refused: a key given twice, two kinds in one, a name in another case.
 */
final class ManifestParser {

    private static final Set<String> NOTHING_SAID =
            Set.of("application/octet-stream", "application/json", "text/plain", "binary/octet-stream");

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Manifest.MAX_DEPTH)
                    .maxDocumentLength(Manifest.MAX_SIZE)
                    .build())
            .build();

    private static final Names NAMES = new Names(
            "schemaVersion",
            "mediaType",
            "artifactType",
            "config",
            "layers",
            "blobs",
            "fsLayers",
            "manifests",
            "subject");

    private final JsonParser json;
    private final DescriptorParser descriptors;
    private final List<Descriptor> config = new ArrayList<>();
    private final List<Descriptor> layers = new ArrayList<>();
    private final List<Manifest.Index.Entry> entries = new ArrayList<>();
    private @Nullable MediaType declared;
    private String artifactType = "";
    private boolean subject;
    private boolean image;
    private boolean index;
    private boolean schema1;

    private ManifestParser(JsonParser json) {
        this.json = json;
        this.descriptors = new DescriptorParser(json);
    }

    static Manifest parse(Digest digest, byte[] bytes, MediaType claimed) {
        if (bytes.length > Manifest.MAX_SIZE) {
            throw invalid("is " + bytes.length + " bytes (expected: at most " + Manifest.MAX_SIZE + ")");
        }
        try (JsonParser json = JSON.createParser(bytes)) {
            ManifestParser parser = new ManifestParser(json);
            parser.read();
            return parser.build(digest, bytes, claimed);
        } catch (IOException e) {
            throw new IllegalArgumentException("manifest is not valid JSON: " + firstLine(e), e);
        }
    }

    private void read() throws IOException {
        expect(json.nextToken(), JsonToken.START_OBJECT, "a JSON object");
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = NAMES.check(json.currentName());
            JsonToken value = json.nextToken();
            switch (field) {
                case "schemaVersion" -> schema1 |= version(value) == 1;
                case "mediaType" -> declared = descriptors.mediaType(value);
                case "artifactType" -> artifactType = descriptors.text(value, "an artifact type");
                case "config" -> image |= one(value, config::add);
                case "layers", "blobs" -> image |= many(value, entry -> layers.add(entry.descriptor()));
                case "manifests" -> index |= many(value, entries::add);
                case "subject" -> subject |= one(value, named -> {});
                case "fsLayers" -> {
                    schema1 = true;
                    json.skipChildren();
                }
                default -> json.skipChildren();
            }
        }
        if (json.nextToken() != null) {
            throw invalid("has something after its JSON object");
        }
    }

    private int version(JsonToken value) throws IOException {
        expect(value, JsonToken.VALUE_NUMBER_INT, "a schema version");
        return json.getIntValue();
    }

    private boolean one(JsonToken value, Consumer<Descriptor> into) throws IOException {
        if (value == JsonToken.VALUE_NULL) {
            return false;
        }
        into.accept(descriptors.read(value).descriptor());
        return true;
    }

    private boolean many(JsonToken value, Consumer<Manifest.Index.Entry> into) throws IOException {
        if (value == JsonToken.VALUE_NULL) {
            return false;
        }
        expect(value, JsonToken.START_ARRAY, "an array of descriptors");
        for (JsonToken next = json.nextToken(); next != JsonToken.END_ARRAY; next = json.nextToken()) {
            into.accept(descriptors.read(next));
        }
        return true;
    }

    private Manifest build(Digest digest, byte[] bytes, MediaType claimed) {
        if (schema1 || claimed.isSchema1() || (declared != null && declared.isSchema1())) {
            throw invalid("is Docker schema 1, which is not supported");
        }
        if (image && index) {
            throw invalid("has both manifests and layers or config");
        }
        if (!image && !index) {
            throw invalid("has neither manifests nor layers nor config");
        }
        Descriptor descriptor = new Descriptor(type(claimed), digest, bytes.length);
        if (descriptor.mediaType().isIndex() != index) {
            throw invalid("is called " + descriptor.mediaType() + " but its fields are those of "
                    + (index ? "an index" : "an image"));
        }
        return index
                ? new Manifest.Index(descriptor, bytes, entries, descriptors.foreign(), artifactType(), subject)
                : new Manifest.Image(descriptor, bytes, config, layers, descriptors.foreign(), artifactType(), subject);
    }

    private String artifactType() {
        if (!artifactType.isEmpty()) {
            return artifactType;
        }
        return config.isEmpty() ? "" : config.get(0).mediaType().value();
    }

    private MediaType type(MediaType claimed) {
        MediaType said = declared;
        boolean silent = NOTHING_SAID.contains(claimed.value());
        if (said != null && !silent && !said.equals(claimed)) {
            throw invalid("was sent as " + claimed + " but says of itself that it is " + said);
        }
        MediaType type = !silent ? claimed : said != null ? said : index ? MediaType.OCI_INDEX : MediaType.OCI_MANIFEST;
        if (!type.isManifest()) {
            throw invalid("is called " + type + " (expected: a manifest's media type)");
        }
        return type;
    }

    static void expect(@Nullable JsonToken actual, JsonToken expected, String what) {
        if (actual != expected) {
            throw invalid("has " + actual + " where " + what + " should be");
        }
    }

    static IllegalArgumentException invalid(String what) {
        return new IllegalArgumentException("manifest " + what);
    }

    private static String firstLine(IOException e) {
        return Excerpt.of(String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    }
}
