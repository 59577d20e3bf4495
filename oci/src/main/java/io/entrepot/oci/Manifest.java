package io.entrepot.oci;

import java.util.List;
import java.util.stream.Stream;

/**
 * A manifest: its exact bytes, and what we read in them. The bytes are what is stored, hashed and sent; nothing is ever
 * written back from the model.
 */
public sealed interface Manifest {

    /** The largest manifest accepted, in bytes (distribution, containers/image and the spec's 413 agree on 4 MiB). */
    int MAX_SIZE = 4 * 1024 * 1024;

    /** The deepest JSON nesting accepted. */
    int MAX_DEPTH = 32;

    /** The most descriptors accepted in one manifest. */
    int MAX_CHILDREN = 1_000;

    /** Type, digest and size of the manifest itself. */
    Descriptor descriptor();

    /** The bytes as they came; not to be changed. */
    byte[] bytes();

    /** The content this manifest names directly, config before layers, in order. */
    List<Descriptor> children();

    /** Descriptors with {@code urls}: content that a client would fetch elsewhere (non-distributable layers). */
    List<Descriptor> foreign();

    /**
     * What kind of artifact it says it is; else the media type of its config (image-spec, manifest.md); empty if it says
     * neither.
     */
    String artifactType();

    /** Whether it refers to another manifest as its subject, as signatures do. */
    boolean hasSubject();

    /** One image or artifact: a config and layers. */
    record Image(
            Descriptor descriptor,
            byte[] bytes,
            List<Descriptor> config,
            List<Descriptor> layers,
            List<Descriptor> foreign,
            String artifactType,
            boolean hasSubject)
            implements Manifest {

        public Image {
            config = List.copyOf(config);
            layers = List.copyOf(layers);
            foreign = List.copyOf(foreign);
        }

        @Override
        public List<Descriptor> children() {
            return Stream.concat(config.stream(), layers.stream()).toList();
        }
    }

    /** Several manifests under one name, mostly one for each platform. */
    record Index(
            Descriptor descriptor,
            byte[] bytes,
            List<Entry> entries,
            List<Descriptor> foreign,
            String artifactType,
            boolean hasSubject)
            implements Manifest {

        /** A manifest in an index, and what it runs on. */
        public record Entry(Descriptor descriptor, Platform platform) {}

        public Index {
            entries = List.copyOf(entries);
            foreign = List.copyOf(foreign);
        }

        @Override
        public List<Descriptor> children() {
            return entries.stream().map(Entry::descriptor).toList();
        }
    }

    /**
     * Reads a manifest.
     *
     * @param claimed the media type that the upstream or the store says it has; {@code application/octet-stream},
     *     {@code application/json} or {@code text/plain} count as nothing said
     * @throws IllegalArgumentException if it is larger, deeper or wider than the bounds, is no JSON object, repeats a
     *     key, is Docker schema 1, contradicts {@code claimed}, or could be read as an image and as an index
     *     (CVE-2021-41190)
     */
    static Manifest parse(Digest digest, byte[] bytes, MediaType claimed) {
        return ManifestParser.parse(digest, bytes, claimed);
    }
}
