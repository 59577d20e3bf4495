package io.entrepot.server.pull;

import io.entrepot.config.MirrorConfig.Alias;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Old names and what they mean now; the longest that matches holds. */
final class Aliases {

    private final List<Alias> longestFirst;

    Aliases(List<Alias> aliases) {
        this.longestFirst = aliases.stream()
                .sorted(Comparator.comparingInt((Alias alias) -> alias.from().length())
                        .reversed())
                .toList();
    }

    /** The name now, or the name itself if it is no old one. */
    String rewrite(String name) {
        return find(name)
                .map(alias -> alias.to() + name.substring(alias.from().length()))
                .orElse(name);
    }

    boolean matches(String name) {
        return find(name).isPresent();
    }

    private Optional<Alias> find(String name) {
        return longestFirst.stream()
                .filter(alias -> isPrefix(alias.from(), name))
                .findFirst();
    }

    private static boolean isPrefix(String prefix, String name) {
        return name.startsWith(prefix) && (name.length() == prefix.length() || name.charAt(prefix.length()) == '/');
    }
}
