package io.entrepot.server.content;

import io.entrepot.config.MirrorConfig.TagPattern;
import io.entrepot.oci.Glob;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Repository;
import java.util.List;

/** How long each tag is believed: the first configured pattern that matches it. */
public final class TagPatterns {

    private final List<Compiled> patterns;

    private TagPatterns(List<Compiled> patterns) {
        this.patterns = patterns;
    }

    /** Compiles the patterns in their order. The last one must match everything. */
    public static TagPatterns of(List<TagPattern> patterns) {
        return new TagPatterns(patterns.stream().map(Compiled::of).toList());
    }

    /** The first pattern that matches the tag. */
    public TagPattern match(Repository repository, Tag tag) {
        String name = repository.toString();
        for (Compiled pattern : patterns) {
            if (pattern.repository.matches(name) && pattern.tag.matches(tag.name())) {
                return pattern.written;
            }
        }
        throw new IllegalStateException(
                "no tag pattern matches " + repository + ":" + tag + " (expected: a last one, **)");
    }

    private record Compiled(Glob repository, Glob tag, TagPattern written) {

        /** Splits {@code registry:5000/path:tag} at the colon behind the last slash; without one every tag is meant. */
        static Compiled of(TagPattern written) {
            String match = written.match();
            int colon = match.indexOf(':', match.lastIndexOf('/') + 1);
            return colon < 0
                    ? new Compiled(new Glob(match), new Glob("**"), written)
                    : new Compiled(new Glob(match.substring(0, colon)), new Glob(match.substring(colon + 1)), written);
        }
    }
}
