package io.entrepot.config;

import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import java.util.Set;
import java.util.stream.Collectors;

/** Names in a file that must lead to something in it. */
final class Names {

    private Names() {}

    /** A registry that is an upstream. */
    static Registry upstream(String text, Set<Registry> upstreams) {
        Registry registry = Text.registry(text);
        if (!upstreams.contains(registry)) {
            throw new IllegalArgumentException(text + " is no upstream (expected: " + list(upstreams) + ")");
        }
        return registry;
    }

    /** An upstream, or a path in one, under which names lie. */
    static String prefix(String text, Set<Registry> upstreams) {
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

    private static String list(Set<Registry> upstreams) {
        String names = upstreams.stream().map(Registry::name).sorted().collect(Collectors.joining(", "));
        return upstreams.isEmpty() ? "a key of upstreams" : "one of " + names;
    }
}
