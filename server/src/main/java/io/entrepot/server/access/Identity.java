package io.entrepot.server.access;

import java.util.Set;

/**
 * Who somebody proved to be. All of it is text that may stand in a log line: what could not, was refused with its proof.
 *
 * @param groups that the proof names; those of the configuration come beside them
 * @param namespace of a Kubernetes service account; empty if they are none
 * @param serviceAccount its name within the namespace
 */
public record Identity(String name, Proof proof, Set<String> groups, String namespace, String serviceAccount) {

    private static final int LONGEST = 256;

    /** What begins so is a node; nobody else may be called that. */
    static final String NODE = "node:";

    public Identity {
        groups = Set.copyOf(groups);
        requirePlain("name", name);
        groups.forEach(group -> requirePlain("group", group));
        if (name.startsWith(NODE) != (proof == Proof.NODE) && proof != Proof.TOKEN) {
            throw new NotProven("the name " + name + " is kept for nodes");
        }
    }

    static Identity named(String name, Proof proof) {
        return new Identity(name, proof, Set.of(), "", "");
    }

    /** The same somebody, known by a token that we gave them. */
    Identity byToken() {
        return new Identity(name, Proof.TOKEN, groups, namespace, serviceAccount);
    }

    private static void requirePlain(String what, String text) {
        if (text.isEmpty() || text.length() > LONGEST || !text.codePoints().allMatch(Identity::isPlain)) {
            throw new NotProven("the " + what + " in it cannot be used (expected: 1 to " + LONGEST
                    + " characters, none of them invisible)");
        }
    }

    /** What cannot end a line, turn it around, or hide in it. */
    private static boolean isPlain(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> c == ' ' || !Character.isWhitespace(c);
        };
    }
}
