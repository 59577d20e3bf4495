package io.entrepot.oci;

import java.util.regex.Pattern;

/** What is asked for within a repository: a tag, which may move, or a digest, which cannot. */
public sealed interface Reference {

    /** A name that the registry may point elsewhere tomorrow. */
    record Tag(String name) implements Reference {

        private static final String EXPECTED = "[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}";
        private static final Pattern GRAMMAR = Pattern.compile(EXPECTED);

        public Tag {
            if (!GRAMMAR.matcher(name).matches()) {
                throw new IllegalArgumentException("tag: " + Excerpt.of(name) + " (expected: " + EXPECTED + ")");
            }
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** Content itself. */
    record ByDigest(Digest digest) implements Reference {

        @Override
        public String toString() {
            return digest.toString();
        }
    }

    /** Parses a tag or a digest; a colon makes it a digest. @throws IllegalArgumentException if it is neither */
    static Reference parse(String text) {
        return text.indexOf(':') >= 0 ? new ByDigest(Digest.parse(text)) : new Tag(text);
    }
}
