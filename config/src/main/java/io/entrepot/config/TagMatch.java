package io.entrepot.config;

import io.entrepot.oci.Glob;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import java.util.Set;

/** The two halves of a tag's pattern, globs over {@code registry/path} and over tags, and what they can reach. */
record TagMatch(String repository, String tag) {

    private static final String EVERY = "**";

    /** Splits {@code registry:5000/path:tag} at the colon behind the last slash; without one every tag is meant. */
    static TagMatch of(String match) {
        int colon = match.indexOf(':', match.lastIndexOf('/') + 1);
        return colon < 0
                ? new TagMatch(match, EVERY)
                : new TagMatch(
                        match.substring(0, colon), match.substring(colon + 1).replaceFirst("^\\*$", EVERY));
    }

    /** Whether it matches all that the other one does, as far as that can be told at a glance. */
    boolean hides(TagMatch other) {
        return equals(other) || (repository.equals(EVERY) && tag.equals(EVERY));
    }

    /** Whether there can be a tag in one of these registries that it matches: it is tried on one that is made for it. */
    boolean canMatch(Set<Registry> upstreams) {
        return isTag(sample(tag, "a")) && upstreams.stream().anyMatch(this::canMatch);
    }

    private boolean canMatch(Registry upstream) {
        int slash = repository.indexOf('/');
        int wide = repository.indexOf(EVERY);
        if (slash < 0 && wide < 0) {
            return false;
        }
        boolean wideFirst = slash < 0 || (wide >= 0 && wide < slash);
        String path = repository.substring(wideFirst ? wide : slash + 1);
        try {
            Repository made = new Repository(upstream, sample(path, "a/a"));
            return new Glob(repository).matches(made.toString());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String sample(String glob, String segments) {
        return glob.replace(EVERY, segments).replace("*", "a");
    }

    private static boolean isTag(String text) {
        try {
            new Reference.Tag(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
