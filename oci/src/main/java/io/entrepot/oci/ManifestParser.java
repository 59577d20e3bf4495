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
import org.jspecify.annotations.Nullable;

/** Reads the few fields of a manifest that a mirror acts on; everything else is skipped and kept as bytes. */
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

    private final List<Descriptor> config = new ArrayList<>();
    private final List<Descriptor> layers = new ArrayList<>();
    private final List<Manifest.Index.Entry> entries = new ArrayList<>();
    private final List<Descriptor> foreign = new ArrayList<>();
    private @Nullable MediaType declared;
    private boolean image;
    private boolean index;
    private int schemaVersion = 2;
    private int children;

    private ManifestParser() {}

    static Manifest parse(Digest digest, byte[] bytes, MediaType claimed) {
        if (bytes.length > Manifest.MAX_SIZE) {
            throw invalid("is " + bytes.length + " bytes (expected: at most " + Manifest.MAX_SIZE + ")");
        }
        ManifestParser parser = new ManifestParser();
        try (JsonParser json = JSON.createParser(bytes)) {
            parser.readManifest(json);
        } catch (IOException e) {
            throw new IllegalArgumentException("manifest is not valid JSON: " + firstLine(e), e);
        }
        return parser.build(digest, bytes, claimed);
    }

    private Manifest build(Digest digest, byte[] bytes, MediaType claimed) {
        if (schemaVersion == 1 || claimed.isSchema1() || (declared != null && declared.isSchema1())) {
            throw invalid("is Docker schema 1, which is not supported");
        }
        if (image && index) {
            throw invalid("has both manifests and layers or config");
        }
        if (!image && !index) {
            throw invalid("has neither manifests nor layers nor config");
        }
        Descriptor descriptor = new Descriptor(type(claimed), digest, bytes.length);
        if (descriptor.mediaType().isManifest() && descriptor.mediaType().isIndex() != index) {
            throw invalid("is called " + descriptor.mediaType() + " but its fields are those of "
                    + (index ? "an index" : "an image"));
        }
        return index
                ? new Manifest.Index(descriptor, bytes, entries, foreign)
                : new Manifest.Image(descriptor, bytes, config, layers, foreign);
    }

    private MediaType type(MediaType claimed) {
        MediaType said = declared;
        if (NOTHING_SAID.contains(claimed.value())) {
            if (said != null) {
                return said;
            }
            return index ? MediaType.OCI_INDEX : MediaType.OCI_MANIFEST;
        }
        if (said != null && !said.equals(claimed)) {
            throw invalid("was sent as " + claimed + " but says of itself that it is " + said);
        }
        if (said == null && !claimed.isManifest()) {
            throw invalid("was sent as " + claimed + " (expected: a manifest's media type)");
        }
        return claimed;
    }

    private void readManifest(JsonParser json) throws IOException {
        expect(json.nextToken(), JsonToken.START_OBJECT, "a JSON object");
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            JsonToken value = json.nextToken();
            switch (field) {
                case "schemaVersion" -> schemaVersion = value == JsonToken.VALUE_NUMBER_INT ? json.getIntValue() : 0;
                case "mediaType" -> declared = value == JsonToken.VALUE_NULL ? null : mediaType(json.getText());
                case "config" -> image |= readOne(json, value, config);
                case "layers", "blobs" -> image |= readMany(json, value, layers);
                case "fsLayers" -> schemaVersion = 1;
                case "manifests" -> index |= readEntries(json, value);
                case "subject" -> readOne(json, value, new ArrayList<>());
                default -> json.skipChildren();
            }
        }
        if (json.nextToken() != null) {
            throw invalid("has something after its JSON object");
        }
    }

    private boolean readOne(JsonParser json, JsonToken value, List<Descriptor> into) throws IOException {
        if (value == JsonToken.VALUE_NULL) {
            return false;
        }
        into.add(readEntry(json, value).descriptor());
        return true;
    }

    private boolean readMany(JsonParser json, JsonToken value, List<Descriptor> into) throws IOException {
        if (value == JsonToken.VALUE_NULL) {
            return false;
        }
        expect(value, JsonToken.START_ARRAY, "an array of descriptors");
        for (JsonToken next = json.nextToken(); next != JsonToken.END_ARRAY; next = json.nextToken()) {
            into.add(readEntry(json, next).descriptor());
        }
        return true;
    }

    private boolean readEntries(JsonParser json, JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_NULL) {
            return false;
        }
        expect(value, JsonToken.START_ARRAY, "an array of descriptors");
        for (JsonToken next = json.nextToken(); next != JsonToken.END_ARRAY; next = json.nextToken()) {
            entries.add(readEntry(json, next));
        }
        return true;
    }

    private Manifest.Index.Entry readEntry(JsonParser json, JsonToken start) throws IOException {
        expect(start, JsonToken.START_OBJECT, "a descriptor");
        if (++children > Manifest.MAX_CHILDREN) {
            throw invalid("names more than " + Manifest.MAX_CHILDREN + " descriptors");
        }
        MediaType type = MediaType.OCTET_STREAM;
        Digest digest = null;
        long size = -1;
        boolean urls = false;
        Platform platform = Platform.UNSPECIFIED;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            JsonToken value = json.nextToken();
            switch (field) {
                case "mediaType" -> type = mediaType(json.getText());
                case "digest" -> digest = Digest.parse(json.getText());
                case "size" -> size = value == JsonToken.VALUE_NUMBER_INT ? json.getLongValue() : -1;
                case "urls" -> urls = isNotEmpty(json, value);
                case "platform" -> platform = readPlatform(json, value);
                default -> json.skipChildren();
            }
        }
        if (digest == null || size < 0) {
            throw invalid("has a descriptor without a valid digest and size");
        }
        Descriptor descriptor = new Descriptor(type, digest, size);
        if (urls) {
            foreign.add(descriptor);
        }
        return new Manifest.Index.Entry(descriptor, platform);
    }

    private static boolean isNotEmpty(JsonParser json, JsonToken value) throws IOException {
        if (value != JsonToken.START_ARRAY) {
            json.skipChildren();
            return value != JsonToken.VALUE_NULL;
        }
        int elements = 0;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            json.skipChildren();
            elements++;
        }
        return elements > 0;
    }

    private static Platform readPlatform(JsonParser json, JsonToken start) throws IOException {
        if (start != JsonToken.START_OBJECT) {
            json.skipChildren();
            return Platform.UNSPECIFIED;
        }
        String os = "";
        String architecture = "";
        String variant = "";
        String version = "";
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            JsonToken value = json.nextToken();
            String text = value == JsonToken.VALUE_STRING ? json.getText() : "";
            switch (field) {
                case "os" -> os = text;
                case "architecture" -> architecture = text;
                case "variant" -> variant = text;
                case "os.version" -> version = text;
                default -> json.skipChildren();
            }
        }
        return new Platform(os, architecture, variant, version);
    }

    private static MediaType mediaType(@Nullable String text) {
        return MediaType.parse(text == null ? "" : text);
    }

    private static void expect(@Nullable JsonToken actual, JsonToken expected, String what) {
        if (actual != expected) {
            throw invalid("has " + actual + " where " + what + " should be");
        }
    }

    private static IllegalArgumentException invalid(String what) {
        return new IllegalArgumentException("manifest " + what);
    }

    private static String firstLine(IOException e) {
        String message = String.valueOf(e.getMessage());
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }
}
