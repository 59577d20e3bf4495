package io.entrepot.server.audit;

/**
 * What a reference meant, and where it came from, as it is recorded. What is not known is empty, or negative.
 *
 * @param digest that it was resolved to
 * @param size in bytes
 * @param platform of an image, {@code os/architecture[/variant]}, where an index said it
 * @param tagAge seconds since the upstream last said what the tag means
 * @param stale why an answer past its freshness was given
 * @param cache how the answer came about: {@code hit}, {@code revalidated}, {@code fetched}, {@code stale}, {@code fill},
 *     {@code relay} or {@code miss}
 * @param endpoint for a tag, which host said just now what it means, of an upstream that has several
 * @param lineage what it belongs to
 */
public record Found(
        String digest,
        String mediaType,
        long size,
        String platform,
        long tagAge,
        String stale,
        String cache,
        String endpoint,
        Lineage lineage) {

    public static final Found NOTHING = new Found("", "", -1, "", -1, "", "", "", Lineage.NONE);

    /**
     * What this client asked for before, and that led here.
     *
     * @param tag that they resolved
     * @param root the digest that the tag meant: of an index, or of the image itself
     * @param image the manifest that names a blob
     */
    public record Lineage(String tag, String root, String image) {
        public static final Lineage NONE = new Lineage("", "", "");
    }
}
