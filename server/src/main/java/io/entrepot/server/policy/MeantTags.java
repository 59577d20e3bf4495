package io.entrepot.server.policy;

import com.google.re2j.Pattern;
import io.entrepot.config.PolicyMatch.TagMatcher;
import io.entrepot.oci.Glob;
import io.entrepot.oci.VersionRange;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The tags that a rule speaks of; plain names are looked up, the rest is tried. */
final class MeantTags {

    private final Set<String> names = new HashSet<>();
    private final List<Glob> globs = new ArrayList<>();
    private final List<Pattern> patterns = new ArrayList<>();
    private final List<VersionRange> ranges = new ArrayList<>();

    MeantTags(List<TagMatcher> matchers) {
        matchers.forEach(this::add);
    }

    private void add(TagMatcher matcher) {
        if (matcher instanceof TagMatcher.Named named) {
            if (named.glob().pattern().indexOf('*') < 0) {
                names.add(named.glob().pattern());
            } else {
                globs.add(named.glob());
            }
        } else if (matcher instanceof TagMatcher.Matching matching) {
            patterns.add(matching.pattern());
        } else if (matcher instanceof TagMatcher.InRange range) {
            ranges.add(range.range());
        }
    }

    boolean matches(TagName tag) {
        return names.contains(tag.text()) || isInRange(tag) || fitsGlob(tag.text()) || fitsPattern(tag.text());
    }

    private boolean isInRange(TagName tag) {
        if (ranges.isEmpty() || tag.version().isEmpty()) {
            return false;
        }
        for (VersionRange range : ranges) {
            if (range.contains(tag.version().get())) {
                return true;
            }
        }
        return false;
    }

    private boolean fitsGlob(String tag) {
        for (Glob glob : globs) {
            if (glob.matches(tag)) {
                return true;
            }
        }
        return false;
    }

    private boolean fitsPattern(String tag) {
        for (Pattern pattern : patterns) {
            if (pattern.matches(tag)) {
                return true;
            }
        }
        return false;
    }
}
