package io.entrepot.server.audit.query;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** By what records can be chosen; all that are given must hold. Where it says glob, * and ? stand for what they stand for in a shell, and * for slashes too. */
public enum Filter {
    /** Not before; RFC 3339. */
    FROM,
    /** Before; RFC 3339. */
    TO,
    /** Repository with its registry, a glob; with a tag, that too: {@code docker.io/library/*}, {@code ghcr.io/acme/app:1.*}. */
    IMAGE,
    /** Of what was asked for or served, of the image a blob belongs to, or of the index above. */
    DIGEST,
    /** Of a blob: every image that contains it, by its manifest or by an index above that. */
    LAYER,
    /** A glob; also the tag that a request by digest came from. */
    TAG,
    /** Address; a glob. */
    CLIENT,
    /** A glob. */
    NODE,
    /** A glob. */
    NAMESPACE,
    /** A glob. */
    PRINCIPAL,
    VERDICT,
    RULE,
    UPSTREAM,
    /** Of record. */
    TYPE,
    /** One record. */
    SEQ;

    private static final int LONGEST = 1024;

    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Filter of(String key) {
        return Arrays.stream(values())
                .filter(filter -> filter.key().equals(key))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("filter: " + key + " (expected: one of "
                        + Arrays.stream(values()).map(Filter::key).collect(Collectors.joining(", ")) + ")"));
    }

    /** @throws IllegalArgumentException that names the filter and what it expects */
    void check(String value) {
        if (value.isEmpty() || value.length() > LONGEST || value.chars().anyMatch(c -> c < ' ')) {
            throw new IllegalArgumentException(
                    key() + ": " + value.length() + " characters (expected: 1 to " + LONGEST + ", none of control)");
        }
        try {
            if (this == FROM || this == TO) {
                Instant.parse(value);
            } else if (this == SEQ && Long.parseLong(value) < 0) {
                throw new NumberFormatException();
            }
        } catch (DateTimeException | NumberFormatException e) {
            throw new IllegalArgumentException(
                    key() + ": " + value + " (expected: " + (this == SEQ ? "0 or more" : "as 2026-11-27T08:00:00Z")
                            + ")",
                    e);
        }
    }
}
