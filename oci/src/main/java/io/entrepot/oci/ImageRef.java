package io.entrepot.oci;

/** A repository and what is asked for in it: {@code docker.io/library/alpine:3.20} or {@code …@sha256:…}. */
public record ImageRef(Repository repository, Reference reference) {

    /**
     * Parses a reference as people write it: {@code alpine} is {@code docker.io/library/alpine:latest}; a tag beside a
     * digest is dropped, as containerd drops it. @throws IllegalArgumentException if it is no image reference
     */
    public static ImageRef parse(String text) {
        int at = text.indexOf('@');
        if (at >= 0) {
            Repository repository = repository(withoutTag(text.substring(0, at)));
            return new ImageRef(repository, new Reference.ByDigest(Digest.parse(text.substring(at + 1))));
        }
        String name = withoutTag(text);
        String tag = name.length() == text.length() ? "latest" : text.substring(name.length() + 1);
        return new ImageRef(repository(name), new Reference.Tag(tag));
    }

    private static String withoutTag(String text) {
        int colon = text.indexOf(':', text.lastIndexOf('/') + 1);
        return colon < 0 ? text : text.substring(0, colon);
    }

    private static Repository repository(String name) {
        int slash = name.indexOf('/');
        if (slash > 0 && Registry.looksLikeRegistry(name.substring(0, slash))) {
            return new Repository(Registry.parse(name.substring(0, slash)), name.substring(slash + 1));
        }
        return new Repository(Registry.DOCKER_HUB, name);
    }

    @Override
    public String toString() {
        return repository + (reference instanceof Reference.Tag ? ":" : "@") + reference;
    }
}
