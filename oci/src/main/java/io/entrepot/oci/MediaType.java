package io.entrepot.oci;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** The type of content, without parameters (RFC 6838 names), as it is stored beside a digest. */
public record MediaType(String value) {

    private static final Pattern GRAMMAR =
            Pattern.compile("[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}");
    private static final Set<String> SCHEMA_1 = Set.of(
            "application/vnd.docker.distribution.manifest.v1+json",
            "application/vnd.docker.distribution.manifest.v1+prettyjws");

    public static final MediaType OCI_INDEX = new MediaType("application/vnd.oci.image.index.v1+json");
    public static final MediaType OCI_MANIFEST = new MediaType("application/vnd.oci.image.manifest.v1+json");
    public static final MediaType OCI_ARTIFACT = new MediaType("application/vnd.oci.artifact.manifest.v1+json");
    public static final MediaType DOCKER_LIST =
            new MediaType("application/vnd.docker.distribution.manifest.list.v2+json");
    public static final MediaType DOCKER_MANIFEST =
            new MediaType("application/vnd.docker.distribution.manifest.v2+json");
    public static final MediaType OCTET_STREAM = new MediaType("application/octet-stream");

    public MediaType {
        if (!GRAMMAR.matcher(value).matches()) {
            throw new IllegalArgumentException("media type: " + Excerpt.of(value) + " (expected: type/subtype)");
        }
    }

    /** Parses a Content-Type value; parameters are dropped. @throws IllegalArgumentException if it is no media type */
    public static MediaType parse(String text) {
        int semicolon = text.indexOf(';');
        String bare = semicolon < 0 ? text : text.substring(0, semicolon);
        return new MediaType(bare.strip().toLowerCase(Locale.ROOT));
    }

    /** An OCI index or a Docker manifest list. */
    public boolean isIndex() {
        return equals(OCI_INDEX) || equals(DOCKER_LIST);
    }

    /** Any manifest that we can read: an image, an artifact or an index. */
    public boolean isManifest() {
        return isIndex() || equals(OCI_MANIFEST) || equals(DOCKER_MANIFEST) || equals(OCI_ARTIFACT);
    }

    /** Docker's schema 1, which no current client reads and whose digest is not that of its bytes. */
    public boolean isSchema1() {
        return SCHEMA_1.contains(value);
    }

    @Override
    public String toString() {
        return value;
    }
}
