package io.entrepot.config;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.entrepot.config.PolicyMatch.SizeRange;
import io.entrepot.config.PolicyMatch.TagMatcher;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Glob;
import io.entrepot.oci.Platform;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Registry;
import io.entrepot.oci.VersionRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads what a rule speaks of. A pattern that nothing can match is a mistake: a refusal with a slip in it refuses nothing. */
final class MatchReader {

    private static final int LONGEST = 512;

    private MatchReader() {}

    /** With everything that a rule can name. */
    static PolicyMatch full(Section section) {
        PolicyMatch names = names(section);
        PolicyMatch match = new PolicyMatch(
                names.registries(),
                names.repositories(),
                names.tags(),
                filled(section, "digests", section.list("digests", Digest::parse)),
                filled(section, "media-types", section.list("media-types", MatchReader::glob)),
                filled(section, "artifact-types", section.list("artifact-types", MatchReader::glob)),
                filled(section, "platforms", section.list("platforms", Platform::parse)),
                size(section),
                AskerReader.of(section));
        AskerReader.KEYS.forEach(key -> refuseEmpty(section, key));
        section.end();
        return match;
    }

    /** With what names a tag, and nothing more. The section is not ended. */
    static PolicyMatch names(Section section) {
        List<TagMatcher> tags = new ArrayList<>(filled(section, "tags", section.list("tags", MatchReader::tag)));
        tags.addAll(filled(section, "versions", section.list("versions", MatchReader::versions)));
        return new PolicyMatch(
                filled(section, "registries", section.list("registries", MatchReader::registry)),
                filled(section, "repositories", section.list("repositories", MatchReader::repository)),
                tags,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Optional.empty(),
                AskerMatch.ANYBODY);
    }

    private static <T> List<T> filled(Section section, String key, List<T> list) {
        refuseEmpty(section, key);
        return list;
    }

    /** An empty list would mean anything, and reads like nothing. */
    static void refuseEmpty(Section section, String key) {
        if (section.has(key) && !section.lists(key)) {
            section.problem(key, "an empty list (expected: at least one, or the key left out, which means any)");
        }
    }

    private static Optional<SizeRange> size(Section match) {
        if (!match.has("size")) {
            match.section("size");
            return Optional.empty();
        }
        Section size = match.section("size");
        SizeRange range = new SizeRange(size.size("at-least", 0), size.size("at-most", Long.MAX_VALUE));
        if (!size.has("at-least") && !size.has("at-most")) {
            size.problem("no size (expected: at-least, at-most or both)");
        } else if (range.least() > range.most()) {
            size.problem("at-least", "more than at-most (expected: at most that)");
        }
        size.end();
        return Optional.of(range);
    }

    private static Glob glob(String text) {
        return new Glob(Text.notEmpty(text));
    }

    private static Glob registry(String text) {
        String sample = plain(text).replace("*", "a");
        try {
            if (text.length() <= LONGEST && new Glob(text).matches(new Registry(sample).name())) {
                return new Glob(text);
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    text + " is the name of no registry" + expected("docker.io or *.corp"), e);
        }
        throw new IllegalArgumentException(
                text + " is known here as " + new Registry(sample) + " (expected: that name)");
    }

    static Glob repository(String text) {
        String first = plain(text.indexOf('/') < 0 ? text : text.substring(0, text.indexOf('/')));
        try {
            Set<Registry> registries = Stream.of(
                            new Registry(first.replace("*", "a")), Registry.DOCKER_HUB, new Registry("a.a"))
                    .collect(Collectors.toSet());
            if (text.length() <= LONGEST && !text.contains("***") && new TagMatch(text, "**").canMatch(registries)) {
                return new Glob(text);
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(text + " matches no repository" + expected(REPOSITORY), e);
        }
        throw new IllegalArgumentException(text + " matches no repository" + expected(REPOSITORY));
    }

    private static final String REPOSITORY = "registry/path, as in docker.io/library/* or ghcr.io/acme/**";

    private static String plain(String pattern) {
        return Text.notEmpty(pattern).replace("**", "*");
    }

    private static String expected(String what) {
        return " (expected: " + what + ")";
    }

    /** {@code /regular expression/} over the whole tag, or a glob. */
    private static TagMatcher tag(String text) {
        if (text.length() > LONGEST) {
            throw new IllegalArgumentException("longer than " + LONGEST + " characters (expected: a tag)");
        }
        return text.length() > 2 && text.startsWith("/") && text.endsWith("/")
                ? new TagMatcher.Matching(pattern(text.substring(1, text.length() - 1)))
                : new TagMatcher.Named(tagGlob(text));
    }

    private static Glob tagGlob(String text) {
        try {
            new Tag(plain(text).replace("*", "a"));
            return new Glob(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    text + " matches no tag (expected: a tag with * in it, or /regular expression/)", e);
        }
    }

    private static Pattern pattern(String text) {
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "/" + text + "/: " + e.getDescription() + " (expected: a regular expression of RE2)", e);
        }
    }

    private static TagMatcher versions(String text) {
        if (text.length() > LONGEST) {
            throw new IllegalArgumentException("longer than " + LONGEST + " characters (expected: a range)");
        }
        VersionRange range = VersionRange.parse(text);
        if (range.isEmpty()) {
            throw new IllegalArgumentException(text + " contains no version (expected: a lower bound below the upper)");
        }
        return new TagMatcher.InRange(range);
    }
}
