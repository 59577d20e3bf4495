package io.entrepot.config;

import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;

/** Names in a file that must lead to something in it. */
final class Names {

    private Names() {}

    /** A registry that is an upstream. */
    static Registry upstream(String text, KnownUpstreams upstreams) {
        Registry registry = Text.registry(text);
        if (!upstreams.has(registry)) {
            throw new IllegalArgumentException(text + " is no upstream (expected: " + upstreams.expected() + ")");
        }
        return registry;
    }

    /** An upstream, or a path in one, under which names lie. */
    static String prefix(String text, KnownUpstreams upstreams) {
        String registry = upstream(first(text), upstreams).name();
        requirePath(text);
        return registry + text.substring(first(text).length());
    }

    /** A name from before: {@code harbor.corp}, {@code harbor.corp/dockerhub}, {@code dockerhub}. */
    static String old(String text) {
        String host = Text.host(first(text));
        requirePath(text);
        return host + text.substring(first(text).length());
    }

    private static void requirePath(String text) {
        if (text.indexOf('/') >= 0) {
            try {
                new Repository(new Registry("example.com"), text.substring(text.indexOf('/') + 1));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(text + " (expected: registry or registry/path, lower case)", e);
            }
        }
    }

    private static String first(String text) {
        int slash = text.indexOf('/');
        return slash < 0 ? text : text.substring(0, slash);
    }
}
