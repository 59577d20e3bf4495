package io.entrepot.config;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * What the sections of one file share.
 *
 * @param doubts what can be used, and can hardly be meant
 * @param keys the path of every key that was asked for
 */
record Reading(Problems problems, Problems doubts, Secrets secrets, Set<String> keys) {

    static Reading of(String file, Map<String, String> environment) {
        return of(file, Secrets.of(environment));
    }

    static Reading of(String file, Secrets secrets) {
        return new Reading(new Problems(file), new Problems(file), secrets, new LinkedHashSet<>());
    }

    /** Of another file that this one names; its keys are its own. */
    Reading in(String file) {
        return new Reading(problems.in(file), doubts.in(file), secrets, new LinkedHashSet<>());
    }
}
