package io.entrepot.config;

import io.entrepot.oci.Glob;
import java.util.ArrayList;
import java.util.List;

/** Reads who is meant: users, groups, networks, namespaces and service accounts, where a rule or a right names them. */
final class AskerReader {

    static final List<String> KEYS = List.of("users", "groups", "networks", "namespaces", "service-accounts");

    private AskerReader() {}

    /** The five lists of a section that may have other keys too. */
    static AskerMatch of(Section section) {
        return new AskerMatch(
                section.list("users", AskerReader::glob),
                section.list("groups", AskerReader::glob),
                section.list("networks", Network::parse),
                section.list("namespaces", AskerReader::glob),
                section.list("service-accounts", AskerReader::serviceAccount));
    }

    /** Those that a list of sections means, each of which has one list at least: an empty one would mean everybody. */
    static List<AskerMatch> each(List<Section> sections) {
        List<AskerMatch> all = new ArrayList<>();
        for (Section section : sections) {
            AskerMatch match = of(section);
            section.end();
            if (isAnybody(section)) {
                section.problem("names nobody (expected: users, groups, networks, namespaces or service-accounts)");
            }
            all.add(match);
        }
        return all;
    }

    private static boolean isAnybody(Section section) {
        return KEYS.stream().noneMatch(section::lists);
    }

    static Glob glob(String text) {
        return new Glob(Text.notEmpty(text));
    }

    private static Glob serviceAccount(String text) {
        if (text.indexOf('/') < 0) {
            throw new IllegalArgumentException(text + " (expected: namespace/name, as in prod/builder or prod/*)");
        }
        return glob(text);
    }
}
