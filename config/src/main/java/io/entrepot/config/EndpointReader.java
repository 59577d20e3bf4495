package io.entrepot.config;

import io.entrepot.config.MirrorConfig.UpstreamConfig;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Reads the endpoints of an upstream: where its content is asked for, in this order. */
final class EndpointReader {

    /** What belongs to one endpoint, and so stands in it. */
    private static final List<String> OF_ONE =
            List.of("url", "auth", "credentials", "caller-rights", "internal", "ca", "redirect-hosts", "token-hosts");

    private static final Pattern PREFIX = Pattern.compile("[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*");

    private static final int LONGEST_PREFIX = 200;

    private final Section upstream;

    /** @param upstream that has the key */
    EndpointReader(Section upstream) {
        this.upstream = upstream;
    }

    /**
     * The first endpoint, with the others behind it; empty if there is no such key.
     *
     * @param own what of an endpoint is read as that of an upstream is
     */
    Optional<UpstreamConfig> read(Function<Section, UpstreamConfig> own) {
        List<Section> sections = upstream.sections("endpoints");
        if (sections.isEmpty()) {
            return Optional.empty();
        }
        for (String key : OF_ONE) {
            if (upstream.has(key)) {
                upstream.problem(key, "stands beside endpoints (expected: in each of them that needs it)");
            }
        }
        List<UpstreamConfig> all = new ArrayList<>();
        for (Section section : sections) {
            all.add(endpoint(section, own.apply(section)));
        }
        requireDifferent(sections, all);
        UpstreamConfig first = all.get(0);
        return Optional.of(first.by(first.reach().before(all.subList(1, all.size()))));
    }

    private static UpstreamConfig endpoint(Section section, UpstreamConfig own) {
        if (!section.has("url")) {
            section.problem("no url (expected: https://host, or one with a path to its /v2/)");
        }
        Reach reach = new Reach(
                own.reach().proxy(),
                section.value("prefix", "", EndpointReader::prefix),
                Set.copyOf(section.list("pass-on", EndpointReader::answer)),
                List.of());
        section.end();
        return own.by(reach);
    }

    /** The same place with another account would be a way round its limits, and is no other place when it fails. */
    private static void requireDifferent(List<Section> sections, List<UpstreamConfig> all) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < all.size(); i++) {
            URI url = all.get(i).url();
            if (!seen.add(url + " " + all.get(i).reach().prefix())) {
                sections.get(i).problem("url", url + " is an endpoint already (expected: each place once)");
            }
        }
    }

    private static String prefix(String text) {
        if (text.length() > LONGEST_PREFIX || !PREFIX.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    text + " (expected: what stands before a repository there, as in dockerhub or proxies/hub)");
        }
        return text;
    }

    private static Reach.Answer answer(String text) {
        for (Reach.Answer answer : Reach.Answer.values()) {
            if (answer.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(text)) {
                return answer;
            }
        }
        throw new IllegalArgumentException(text + " (expected: not-found or refused)");
    }
}
