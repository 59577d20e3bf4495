package io.entrepot.server.content;

import io.entrepot.oci.Manifest;
import java.time.Duration;
import java.util.Optional;

/**
 * What a reference means: a manifest, whole and verified, and how we know.
 *
 * @param source where the answer came from
 * @param age for a tag, the time since the upstream last said so; zero for a digest
 * @param staleBecause why an answer past its freshness was given; empty if it is fresh
 * @param tag for a tag, how the manifest stands under it; empty for a digest
 * @param endpoint for a tag, which host of an upstream that has several said just now what it means; else empty
 */
public record Resolved(
        Manifest manifest,
        Source source,
        Duration age,
        Optional<String> staleBecause,
        Optional<TagSighting> tag,
        String endpoint) {

    /** What nobody was asked for now, or a host that is the only one. */
    public Resolved(
            Manifest manifest, Source source, Duration age, Optional<String> staleBecause, Optional<TagSighting> tag) {
        this(manifest, source, age, staleBecause, tag, "");
    }

    /** What a digest means. */
    public Resolved(Manifest manifest, Source source) {
        this(manifest, source, Duration.ZERO, Optional.empty(), Optional.empty());
    }

    /** {@code HIT}: nobody was asked. {@code REVALIDATED}: HEAD. {@code FETCHED}: GET. {@code STALE}: the upstream could not be asked. */
    public enum Source {
        HIT,
        REVALIDATED,
        FETCHED,
        STALE
    }
}
