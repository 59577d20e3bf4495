package io.entrepot.loadtest;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a path of the distribution spec names; read from the right, as repositories may contain any segment. */
record Route(String repository, String kind, String last) {

    private static final Pattern GRAMMAR = Pattern.compile("/v2/(.+)/(manifests|blobs|tags|referrers)/([^/]+)");

    static Optional<Route> parse(String path) {
        Matcher matcher = GRAMMAR.matcher(path);
        return matcher.matches()
                ? Optional.of(new Route(matcher.group(1), matcher.group(2), matcher.group(3)))
                : Optional.empty();
    }

    boolean isManifestByTag() {
        return kind.equals("manifests") && last.indexOf(':') < 0;
    }
}
