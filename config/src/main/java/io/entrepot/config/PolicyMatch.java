package io.entrepot.config;

import com.google.re2j.Pattern;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Glob;
import io.entrepot.oci.Platform;
import io.entrepot.oci.VersionRange;
import java.util.List;
import java.util.Optional;

/**
 * What a rule speaks of. Each list that is not empty must have one element that matches; an empty one matches anything.
 *
 * @param repositories globs over {@code registry/path}
 * @param platforms of an image; an index matches if one of its entries does
 * @param size of config and layers together
 */
public record PolicyMatch(
        List<Glob> registries,
        List<Glob> repositories,
        List<TagMatcher> tags,
        List<Digest> digests,
        List<Glob> mediaTypes,
        List<Glob> artifactTypes,
        List<Platform> platforms,
        Optional<SizeRange> size,
        AskerMatch asker) {

    /** Everything. */
    public static final PolicyMatch ANY = new PolicyMatch(
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            Optional.empty(),
            AskerMatch.ANYBODY);

    public PolicyMatch {
        registries = List.copyOf(registries);
        repositories = List.copyOf(repositories);
        tags = List.copyOf(tags);
        digests = List.copyOf(digests);
        mediaTypes = List.copyOf(mediaTypes);
        artifactTypes = List.copyOf(artifactTypes);
        platforms = List.copyOf(platforms);
    }

    /** One way to say which tags. */
    public sealed interface TagMatcher {

        /** {@code tags: ["v*"]}. */
        record Named(Glob glob) implements TagMatcher {}

        /** {@code tags: ["/v[0-9]+/"]}: the whole tag, in linear time (RE2). */
        record Matching(Pattern pattern) implements TagMatcher {}

        /** {@code versions: [">=1.2 <2"]}. */
        record InRange(VersionRange range) implements TagMatcher {}
    }

    /** Bytes, both ends included. */
    public record SizeRange(long least, long most) {}
}
