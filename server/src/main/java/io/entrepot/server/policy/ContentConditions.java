package io.entrepot.server.policy;

import io.entrepot.config.PolicyMatch;
import io.entrepot.config.PolicyMatch.SizeRange;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Glob;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.Platform;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Predicate;

/** What a rule says of tags, digests and content. */
final class ContentConditions {

    private final List<Condition> all = new ArrayList<>();

    private ContentConditions() {}

    static List<Condition> of(PolicyMatch match) {
        ContentConditions conditions = new ContentConditions();
        conditions.tags(match);
        conditions.types(match);
        if (!match.platforms().isEmpty()) {
            conditions.add(Field.PLATFORMS, subject -> runsOn(subject.platforms(), match.platforms()));
        }
        match.size().ifPresent(range -> conditions.add(Field.SIZE, subject -> isWithin(range, subject.manifest())));
        return conditions.all;
    }

    private void tags(PolicyMatch match) {
        if (!match.tags().isEmpty()) {
            MeantTags tags = new MeantTags(match.tags());
            all.add(facts -> facts.tag(tags));
        }
        if (!match.digests().isEmpty()) {
            DigestSet digests = new DigestSet(match.digests());
            all.add(facts -> facts.digest(digests));
        }
    }

    private void types(PolicyMatch match) {
        if (!match.mediaTypes().isEmpty()) {
            add(
                    Field.MEDIA_TYPES,
                    subject -> isOneOf(
                            match.mediaTypes(),
                            subject.manifest().descriptor().mediaType().value()));
        }
        if (!match.artifactTypes().isEmpty()) {
            add(
                    Field.ARTIFACT_TYPES,
                    subject -> isOneOf(match.artifactTypes(), subject.manifest().artifactType()));
        }
    }

    private void add(Field field, Predicate<Subject> such) {
        all.add(facts -> facts.content(field, such));
    }

    static boolean isOneOf(List<Glob> globs, String text) {
        for (Glob glob : globs) {
            if (glob.matches(text)) {
                return true;
            }
        }
        return false;
    }

    /** What is said of no platform runs on none that is asked for. */
    static boolean runsOn(List<Platform> said, List<Platform> wanted) {
        return wanted.stream().anyMatch(one -> said.stream().anyMatch(one::admits));
    }

    private static boolean isWithin(SizeRange range, Manifest manifest) {
        OptionalLong size = size(manifest);
        return size.isPresent() && size.getAsLong() >= range.least() && size.getAsLong() <= range.most();
    }

    /** Config and layers of one image, in bytes; an index is not measured. What no number can hold is the largest. */
    static OptionalLong size(Manifest manifest) {
        if (!(manifest instanceof Manifest.Image image)) {
            return OptionalLong.empty();
        }
        long size = 0;
        for (Descriptor child : image.children()) {
            size = size > Long.MAX_VALUE - child.size() ? Long.MAX_VALUE : size + child.size();
        }
        return OptionalLong.of(size);
    }
}
