package io.entrepot.config;

import io.entrepot.config.MirrorConfig.TagPattern;
import io.entrepot.config.MirrorConfig.TagPattern.Mode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads how long tags are believed; the last pattern is always one that matches every tag. */
final class TagReader {

    private static final String EVERY = "**";
    private static final Duration FRESH = Duration.ofMinutes(5);
    private static final Duration STALE = Duration.ofHours(24);
    private static final Duration WAIT = Duration.ofSeconds(1);
    private static final int LONGEST = 512;
    private static final Pattern NAMES = Pattern.compile("[A-Za-z0-9._/:*\\[\\]-]+");

    private final Section root;
    private final KnownUpstreams upstreams;

    TagReader(Section root, KnownUpstreams upstreams) {
        this.root = root;
        this.upstreams = upstreams;
    }

    List<TagPattern> read() {
        List<TagPattern> tags = new ArrayList<>();
        Map<TagMatch, String> before = new LinkedHashMap<>();
        for (Section section : root.sections("tags")) {
            Optional<String> match = section.optional("match", TagReader::pattern);
            match.ifPresent(text -> requireUse(text, before, section));
            tags.add(tag(match.orElse(EVERY), section));
        }
        if (tags.isEmpty() || !tags.get(tags.size() - 1).match().equals(EVERY)) {
            tags.add(new TagPattern(EVERY, Mode.REVALIDATE, FRESH, STALE, WAIT, false, false));
        }
        return tags;
    }

    /** A pattern that no tag ever reaches is a mistake: what it says is not done. */
    private void requireUse(String text, Map<TagMatch, String> before, Section section) {
        TagMatch match = TagMatch.of(text);
        Optional<String> hidden = before.entrySet().stream()
                .filter(earlier -> earlier.getKey().hides(match))
                .map(Map.Entry::getValue)
                .findFirst();
        if (hidden.isPresent()) {
            section.problem(
                    "match",
                    text + " is never reached, " + hidden.get()
                            + " matches all of it (expected: the first that matches holds, so the narrower one first)");
        } else if (!upstreams.isEmpty() && upstreams.patterns().isEmpty() && !match.canMatch(upstreams.names())) {
            section.problem(
                    "match",
                    text + " is never reached, no upstream can have such a tag"
                            + " (expected: upstream/path:tag, as in docker.io/library/*:latest)");
        }
        before.putIfAbsent(match, section.path() + " " + text);
    }

    private static TagPattern tag(String match, Section section) {
        TagPattern tag = new TagPattern(
                match,
                mode(section),
                section.duration("fresh", FRESH),
                section.duration("stale", STALE),
                section.duration("wait", WAIT),
                section.flag("stale-on-404"),
                section.flag("ask-by-get"));
        if (!section.has("match")) {
            section.problem("match is missing (expected: a pattern, as in docker.io/library/*:latest)");
        }
        section.end();
        return tag;
    }

    /** Beside {@code immutable}, {@code fresh} still says how often the upstream is looked at for a tag that moved. */
    private static Mode mode(Section section) {
        boolean immutable = section.flag("immutable");
        boolean never = section.flag("never");
        if (immutable && never) {
            section.problem("never", "true beside immutable: true (expected: one of the two)");
        } else if (immutable) {
            refuseBeside("immutable", section, "stale", "wait", "stale-on-404");
        } else if (never) {
            refuseBeside("never", section, "fresh", "stale", "wait", "stale-on-404");
        }
        return never ? Mode.NEVER : immutable ? Mode.IMMUTABLE : Mode.REVALIDATE;
    }

    private static void refuseBeside(String mode, Section section, String... keys) {
        for (String key : keys) {
            if (section.has(key)) {
                section.problem(key, "has no meaning beside " + mode + ": true (expected: one of the two)");
            }
        }
    }

    /** {@code registry/path:tag}; without a colon behind the last slash every tag is meant. */
    private static String pattern(String text) {
        int colon = text.indexOf(':', text.lastIndexOf('/') + 1);
        boolean empty = colon == 0 || colon == text.length() - 1;
        if (empty
                || text.length() > LONGEST
                || text.contains("***")
                || !NAMES.matcher(text).matches()) {
            throw new IllegalArgumentException(text
                    + " (expected: registry/path:tag, where * is a part of one segment and ** any number of segments)");
        }
        return text;
    }
}
