package io.entrepot.server.policy;

import java.util.Locale;

/** A list in the match of a rule, by the name that it has in the configuration. */
enum Field {
    REGISTRIES,
    REPOSITORIES,
    TAGS,
    DIGESTS,
    MEDIA_TYPES,
    ARTIFACT_TYPES,
    PLATFORMS,
    SIZE,
    USERS,
    GROUPS,
    NETWORKS,
    NAMESPACES,
    SERVICE_ACCOUNTS;

    private final String label = name().equals("TAGS")
            ? "tags or versions"
            : name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** It has one that matches, or none. */
    Fit fits(boolean one) {
        return one ? Fit.YES : new Fit(Fit.Answer.NO, label);
    }

    /** Whether it has one that matches depends on what is not known yet. */
    Fit open() {
        return new Fit(Fit.Answer.OPEN, label);
    }
}
