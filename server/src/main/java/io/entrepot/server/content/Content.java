package io.entrepot.server.content;

import io.entrepot.config.MirrorConfig.TagPattern;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Repository;
import io.entrepot.server.upstream.Upstream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Content by tag or digest, from the store or from an upstream. Every future fails with a
 * {@link io.entrepot.oci.RegistryException} and nothing else that a client could cause.
 */
public interface Content {

    /**
     * Completes if somebody may read the repository, where the upstream decides that by what they bring themselves; else at
     * once. Nothing of the repository is for them before.
     *
     * @param upstream asked with what the caller brought
     */
    CompletableFuture<Void> mayRead(Upstream upstream, Repository repository, Reading reading);

    /** What a reference means now. {@code freshness} is the pattern that matches the tag. */
    CompletableFuture<Resolved> resolve(
            Upstream upstream, Repository repository, Reference reference, TagPattern freshness, TagRule rule);

    /** Links an admitted manifest, and what it names, to its repository; durable when complete. */
    CompletableFuture<Void> admit(Upstream upstream, Repository repository, Resolved resolved);

    /**
     * A blob of this repository, with bytes: held, growing, or passed through.
     *
     * @param askUpstream whether a blob that no manifest of the repository names may be asked for upstream
     */
    CompletableFuture<Blob> blob(Upstream upstream, Repository repository, Digest digest, boolean askUpstream);

    /** The size and type of a blob of this repository, without its bytes (HEAD): asks nobody if it belongs to it. */
    CompletableFuture<BlobInfo> blobInfo(Upstream upstream, Repository repository, Digest digest, boolean askUpstream);

    /** Who refers to a manifest; fails with a 503 if it cannot be known. */
    CompletableFuture<ReferrersList> referrers(Upstream upstream, Repository repository, Digest subject);

    /** The tags of a repository under which a digest, its own, is on record. */
    CompletableFuture<List<TagSighting>> sightings(Repository repository, Digest digest);

    /** The manifests of a repository that name this content: what came last first, and of more than a thousand no others. */
    CompletableFuture<List<Descriptor>> naming(Repository repository, Digest digest);

    /** A manifest that belongs to the repository, to look at it. */
    CompletableFuture<Manifest> manifest(Upstream upstream, Repository repository, Digest digest);

    /** What a repository calls this content: a link of its own, or what a held manifest says of it. */
    CompletableFuture<Optional<Descriptor>> link(Repository repository, Digest digest);

    /** The bytes of a small blob that a manifest of the repository names, verified; for what we read in it ourselves. */
    CompletableFuture<byte[]> bytes(Upstream upstream, Repository repository, Descriptor blob);

    /** From now on the age counts of what a tag was last seen to mean; if it does already, nothing happens. */
    CompletableFuture<Void> beginAge(Repository repository, Reference.Tag tag);

    /** The first pull of a tag proposes what it is pinned to; if there is a pin or a proposal already, nothing happens. */
    CompletableFuture<Void> proposePin(Repository repository, Reference.Tag tag, Digest digest, String by);

    /** The time by which ages are counted: it passes by the monotonic clock, whatever the clock on the wall does. */
    Instant trustedNow();

    /** Tags known here, for when the upstream cannot be asked. */
    CompletableFuture<List<String>> knownTags(Repository repository);

    /** What a HEAD of a blob says, and whether it is held here. */
    record BlobInfo(Descriptor descriptor, boolean held) {}

    /** A blob and where it comes from. */
    record Blob(Descriptor descriptor, Body body, Source source) {

        /** {@code HIT}: from the store. {@code FILL}: while it is fetched. {@code RELAY}: passed through, not kept. */
        public enum Source {
            HIT,
            FILL,
            RELAY
        }
    }
}
