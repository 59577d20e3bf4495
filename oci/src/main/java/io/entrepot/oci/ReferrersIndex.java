package io.entrepot.oci;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The image index in which referrers are listed, by the referrers API and under the fallback tag. */
public final class ReferrersIndex {

    /** The largest index read, in bytes. */
    public static final int MAX_SIZE = Manifest.MAX_SIZE;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Manifest.MAX_DEPTH)
                    .maxDocumentLength(MAX_SIZE)
                    .build())
            .build();

    private static final String BEFORE =
            "{\"schemaVersion\":2,\"mediaType\":\"" + MediaType.OCI_INDEX + "\",\"manifests\":[";
    private static final String AFTER = "]}";

    /** Of any algorithm (OCI image-spec, "digests"); it goes into links and requests, where other characters mean something. */
    private static final Pattern DIGEST = Pattern.compile("[a-z0-9]+(?:[+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+");

    private static final int LONGEST_DIGEST = 512;

    private ReferrersIndex() {}

    /**
     * The descriptors of an index, in its order.
     *
     * @throws IllegalArgumentException if it is no JSON object with a list of manifests, or one of them has no digest, or
     *     what cannot be one
     */
    public static List<Referrer> parse(byte[] index) {
        try (JsonParser json = JSON.createParser(index)) {
            return read(json);
        } catch (IOException e) {
            throw new IllegalArgumentException("list of referrers is not valid JSON", e);
        }
    }

    private static List<Referrer> read(JsonParser json) throws IOException {
        List<Referrer> referrers = null;
        expect(json.nextToken(), JsonToken.START_OBJECT);
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            boolean wanted = json.currentName().equals("manifests");
            JsonToken value = json.nextToken();
            if (wanted) {
                expect(value, JsonToken.START_ARRAY);
                referrers = readAll(json);
            } else {
                json.skipChildren();
            }
        }
        if (json.nextToken() != null || referrers == null) {
            throw noIndex();
        }
        return referrers;
    }

    private static List<Referrer> readAll(JsonParser json) throws IOException {
        List<Referrer> referrers = new ArrayList<>();
        for (JsonToken next = json.nextToken(); next != JsonToken.END_ARRAY; next = json.nextToken()) {
            expect(next, JsonToken.START_OBJECT);
            referrers.add(referrer(copy(json)));
        }
        return referrers;
    }

    private static String copy(JsonParser json) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator copy = JSON.createGenerator(text)) {
            copy.copyCurrentStructure(json);
        }
        return text.toString();
    }

    private static Referrer referrer(String descriptor) throws IOException {
        String digest = "";
        String artifactType = "";
        try (JsonParser json = JSON.createParser(descriptor)) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                String text = json.nextToken() == JsonToken.VALUE_STRING ? json.getText() : "";
                json.skipChildren();
                digest = name.equals("digest") ? text : digest;
                artifactType = name.equals("artifactType") ? text : artifactType;
            }
        }
        if (digest.isEmpty()) {
            throw new IllegalArgumentException("list of referrers has an entry without a digest");
        }
        if (digest.length() > LONGEST_DIGEST || !DIGEST.matcher(digest).matches()) {
            throw new IllegalArgumentException(
                    "list of referrers has an entry whose digest is none (expected: ALGORITHM:HASH, at most "
                            + LONGEST_DIGEST + " characters)");
        }
        return new Referrer(digest, artifactType, descriptor);
    }

    private static void expect(JsonToken actual, JsonToken expected) {
        if (actual != expected) {
            throw noIndex();
        }
    }

    private static IllegalArgumentException noIndex() {
        return new IllegalArgumentException("list of referrers is no index (expected: an object with manifests)");
    }

    /** The index that lists these, in this order. */
    public static byte[] of(List<Referrer> referrers) {
        return referrers.stream()
                .map(Referrer::json)
                .collect(Collectors.joining(",", BEFORE, AFTER))
                .getBytes(StandardCharsets.UTF_8);
    }
}
