package io.entrepot.oci;

import static io.entrepot.oci.ManifestParser.expect;
import static io.entrepot.oci.ManifestParser.invalid;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the descriptors of one manifest, counts them, and keeps those that clients would fetch elsewhere. */
final class DescriptorParser {

    private static final Names NAMES = new Names("mediaType", "digest", "size", "urls", "platform", "data");
    private static final Names PLATFORM = new Names("os", "architecture", "variant", "os.version");

    private final JsonParser json;
    private final List<Descriptor> foreign = new ArrayList<>();
    private int count;

    DescriptorParser(JsonParser json) {
        this.json = json;
    }

    List<Descriptor> foreign() {
        return foreign;
    }

    Manifest.Index.Entry read(JsonToken start) throws IOException {
        expect(start, JsonToken.START_OBJECT, "a descriptor");
        if (++count > Manifest.MAX_CHILDREN) {
            throw invalid("names more than " + Manifest.MAX_CHILDREN + " descriptors");
        }
        MediaType type = null;
        Digest digest = null;
        long size = -1;
        boolean urls = false;
        Platform platform = Platform.UNSPECIFIED;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = NAMES.check(json.currentName());
            JsonToken value = json.nextToken();
            switch (field) {
                case "mediaType" -> type = mediaType(value);
                case "digest" -> digest = Digest.parse(text(value, "a digest"));
                case "size" -> size = size(value);
                case "urls" -> urls = isNotEmpty(value);
                case "platform" -> platform = platform(value);
                default -> json.skipChildren();
            }
        }
        if (digest == null || size < 0) {
            throw invalid("has a descriptor without a digest or a size");
        }
        Descriptor descriptor = new Descriptor(type == null ? MediaType.OCTET_STREAM : type, digest, size);
        if (urls) {
            foreign.add(descriptor);
        }
        return new Manifest.Index.Entry(descriptor, platform);
    }

    /** Null and the empty text say nothing, as for the clients. */
    @Nullable MediaType mediaType(JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_NULL) {
            return null;
        }
        String text = text(value, "a media type");
        return text.isEmpty() ? null : MediaType.parse(text);
    }

    private long size(JsonToken value) throws IOException {
        expect(value, JsonToken.VALUE_NUMBER_INT, "a size");
        long size = json.getLongValue();
        if (size < 0) {
            throw invalid("has a size of " + size + " (expected: >= 0)");
        }
        return size;
    }

    private boolean isNotEmpty(JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_NULL) {
            return false;
        }
        expect(value, JsonToken.START_ARRAY, "an array of URLs");
        int elements = 0;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            json.skipChildren();
            elements++;
        }
        return elements > 0;
    }

    private Platform platform(JsonToken start) throws IOException {
        if (start == JsonToken.VALUE_NULL) {
            return Platform.UNSPECIFIED;
        }
        expect(start, JsonToken.START_OBJECT, "a platform");
        String os = "";
        String architecture = "";
        String variant = "";
        String version = "";
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = PLATFORM.check(json.currentName());
            JsonToken value = json.nextToken();
            switch (field) {
                case "os" -> os = text(value, "an os");
                case "architecture" -> architecture = text(value, "an architecture");
                case "variant" -> variant = text(value, "a variant");
                case "os.version" -> version = text(value, "a version");
                default -> json.skipChildren();
            }
        }
        return new Platform(os, architecture, variant, version);
    }

    String text(JsonToken value, String what) throws IOException {
        if (value == JsonToken.VALUE_NULL) {
            return "";
        }
        expect(value, JsonToken.VALUE_STRING, what);
        return json.getText();
    }
}
