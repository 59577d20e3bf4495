package io.entrepot.server.policy;

import io.entrepot.oci.Repository;

/**
 * A repository that every mirror refuses, to everybody, whatever its rules: {@code entrepot-canary}, in every registry. Who
 * gets anything but that refusal when asking for it on a node has been somewhere else than at a mirror.
 */
public final class Canary {

    /** As it is called in a refusal, where the name of a rule stands. */
    public static final String RULE = "entrepot-canary";

    /** A registry that cannot exist (RFC 2606), for what is asked of all that are not named. */
    public static final String REGISTRY = "entrepot-canary.invalid";

    public static final String MESSAGE = "refused as a test: every mirror refuses this name (rule " + RULE + ")";

    private static final String NAME = "entrepot-canary";

    private Canary() {}

    /** Whether it is the repository of that name; Docker Hub's lies under {@code library/}. */
    public static boolean is(Repository repository) {
        String path = repository.path();
        return path.equals(NAME) || path.equals("library/" + NAME);
    }

    /** The path of its manifest below {@code /v2}, with what stands before the repository's own path. */
    public static String manifest(String before) {
        return path(before) + "/manifests/latest";
    }

    /** The path of the repository, with its leading slash. */
    public static String path(String before) {
        return before + "/library/" + NAME;
    }
}
