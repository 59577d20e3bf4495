package io.entrepot.loadtest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.MediaType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** What a fake registry holds, by repository. */
final class Shelf {

    /** A manifest: its bytes and the type under which it was pushed. */
    record Held(MediaType type, Digest digest, Content content) {}

    /** One repository: tags in ASCII order, manifests and blobs by digest as it stands in a path. */
    private record Room(Map<String, String> tags, Map<String, Held> manifests, Map<String, Content> blobs) {}

    private final Map<String, Room> rooms = new ConcurrentHashMap<>();

    void push(String repository, TestImage image) {
        image.children().forEach(child -> push(repository, child));
        image.blobs().forEach(blob -> putBlob(repository, blob.digest(), blob.content()));
        putManifest(repository, new Held(image.mediaType(), image.digest(), new Content.Bytes(image.manifest())));
    }

    void putManifest(String repository, Held manifest) {
        room(repository).manifests().put(manifest.digest().toString(), manifest);
    }

    void putBlob(String repository, Digest digest, Content content) {
        room(repository).blobs().put(digest.toString(), content);
    }

    void tag(String repository, String tag, Digest digest) {
        room(repository).tags().put(tag, digest.toString());
    }

    void untag(String repository, String tag) {
        room(repository).tags().remove(tag);
    }

    void delete(String repository, Digest digest) {
        Room room = room(repository);
        room.manifests().remove(digest.toString());
        room.blobs().remove(digest.toString());
        room.tags().values().remove(digest.toString());
    }

    void delete(String repository) {
        rooms.remove(repository);
    }

    /** The manifest under a tag or a digest. */
    Optional<Held> manifest(String repository, String reference) {
        return Optional.ofNullable(rooms.get(repository)).flatMap(room -> {
            String digest = room.tags().getOrDefault(reference, reference);
            return Optional.ofNullable(room.manifests().get(digest));
        });
    }

    Optional<Content> blob(String repository, String digest) {
        return Optional.ofNullable(rooms.get(repository))
                .flatMap(room -> Optional.ofNullable(room.blobs().get(digest)));
    }

    /** The blob of this digest in whatever repository. */
    Optional<Content> blob(String digest) {
        return rooms.keySet().stream()
                .flatMap(repository -> blob(repository, digest).stream())
                .findFirst();
    }

    Optional<List<String>> tags(String repository) {
        return Optional.ofNullable(rooms.get(repository))
                .map(room -> List.copyOf(room.tags().keySet()));
    }

    /** The descriptors of the manifests whose subject this is, by digest. */
    List<ObjectNode> referrers(String repository, String subject) {
        return Optional.ofNullable(rooms.get(repository)).stream()
                .flatMap(room -> new TreeMap<>(room.manifests()).values().stream())
                .flatMap(held -> referrer(held, subject).stream())
                .toList();
    }

    private static Optional<ObjectNode> referrer(Held held, String subject) {
        Optional<JsonNode> manifest = Json.parse(held.content().bytes())
                .filter(json -> json.path("subject").path("digest").asText().equals(subject));
        return manifest.map(json -> {
            ObjectNode descriptor = Json.descriptor(
                    new Descriptor(held.type(), held.digest(), held.content().size()));
            descriptor.put(
                    "artifactType",
                    json.path("artifactType")
                            .asText(json.path("config").path("mediaType").asText("")));
            if (json.has("annotations")) {
                descriptor.set("annotations", json.get("annotations"));
            }
            return descriptor;
        });
    }

    /** Lets a tag point to the same manifest with one more space behind it. */
    void moveTag(Route route) {
        if (!route.isManifestByTag()) {
            return;
        }
        manifest(route.repository(), route.last()).ifPresent(held -> {
            byte[] old = held.content().bytes();
            byte[] moved = Arrays.copyOf(old, old.length + 1);
            Arrays.fill(moved, old.length, moved.length, (byte) ' ');
            Held next = new Held(held.type(), Digest.of(moved), new Content.Bytes(moved));
            putManifest(route.repository(), next);
            tag(route.repository(), route.last(), next.digest());
        });
    }

    private Room room(String repository) {
        return rooms.computeIfAbsent(
                repository,
                name -> new Room(new ConcurrentSkipListMap<>(), new ConcurrentHashMap<>(), new ConcurrentHashMap<>()));
    }
}
