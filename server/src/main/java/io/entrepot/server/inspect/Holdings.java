package io.entrepot.server.inspect;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Repository;
import io.entrepot.storage.BlobStore;
import io.entrepot.storage.Lease;
import io.entrepot.storage.Links;
import io.entrepot.storage.TagRecord;
import io.entrepot.storage.TagRecord.Seen;
import io.entrepot.storage.TagStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a store holds of one image reference. Every method may block. */
public record Holdings(BlobStore blobs, TagStore tags, Links links) {

    /**
     * Empty if nothing is known of it.
     *
     * @param immutable whether a tag is served as first seen
     */
    public Map<String, Object> of(Repository repository, Reference reference, boolean immutable) throws IOException {
        Map<String, Object> facts = new LinkedHashMap<>();
        if (reference instanceof Reference.Tag tag) {
            Optional<TagRecord> known = tags.find(repository, tag);
            if (known.isPresent()) {
                Seen served = immutable ? known.get().earliest() : known.get().latest();
                history(facts, known.get(), served);
                manifest(facts, served.manifest());
            }
        } else if (reference instanceof Reference.ByDigest by) {
            Optional<Descriptor> linked = links.find(repository, by.digest());
            if (linked.isPresent()) {
                manifest(facts, linked.get());
            }
        }
        return facts;
    }

    /** What is on record of a tag. */
    public Optional<TagRecord> record(Repository repository, Reference.Tag tag) throws IOException {
        return tags.find(repository, tag);
    }

    /** A manifest that the repository was given, or that one of its tags meant once, if its bytes are held. */
    public Optional<Manifest> manifest(Repository repository, Digest digest) throws IOException {
        Optional<Descriptor> linked = links.find(repository, digest);
        Optional<Descriptor> known = linked.isPresent() ? linked : tagged(repository, digest);
        Optional<Lease> held = known.isPresent() ? blobs.inspect(digest) : Optional.empty();
        if (held.isEmpty()) {
            return Optional.empty();
        }
        try (Lease lease = held.get()) {
            return lease.size() > Manifest.MAX_SIZE
                    ? Optional.empty()
                    : Optional.of(
                            Manifest.parse(digest, bytes(lease), known.get().mediaType()));
        }
    }

    /** What was refused to everybody so far is on record under its tag alone. */
    private Optional<Descriptor> tagged(Repository repository, Digest digest) throws IOException {
        return tags.under(repository, digest).stream()
                .flatMap(record -> record.find(digest).stream())
                .map(Seen::manifest)
                .findFirst();
    }

    private static void history(Map<String, Object> facts, TagRecord record, Seen served) {
        facts.put("firstSeen", served.first().toString());
        facts.put("lastSeen", record.latest().last().toString());
        facts.put("digestsSeen", record.history().size());
        facts.put("gone", record.gone());
    }

    private void manifest(Map<String, Object> facts, Descriptor manifest) throws IOException {
        facts.put("digest", manifest.digest().toString());
        facts.put("mediaType", manifest.mediaType().toString());
        Optional<Lease> held = blobs.inspect(manifest.digest());
        facts.put("held", held.isPresent());
        if (held.isPresent()) {
            try (Lease lease = held.get()) {
                children(facts, manifest, lease);
            }
        }
    }

    private void children(Map<String, Object> facts, Descriptor manifest, Lease lease) throws IOException {
        if (!manifest.mediaType().isManifest() || lease.size() > Manifest.MAX_SIZE) {
            return;
        }
        List<Digest> children =
                Manifest.parse(manifest.digest(), bytes(lease), manifest.mediaType()).children().stream()
                        .map(Descriptor::digest)
                        .distinct()
                        .toList();
        int held = 0;
        for (Digest child : children) {
            held += blobs.size(child).isPresent() ? 1 : 0;
        }
        facts.put("children", children.size());
        facts.put("childrenHeld", held);
    }

    private static byte[] bytes(Lease lease) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) lease.size());
        int read;
        do {
            read = lease.channel().read(bytes, bytes.position());
        } while (read > 0);
        return bytes.array();
    }
}
