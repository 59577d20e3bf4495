package io.entrepot.server.policy;

import io.entrepot.config.PolicyRule.Words;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Repository;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a refused person reads. Only its beginning, about 120 characters, reaches them everywhere, so what the rule itself says
 * comes first.
 */
final class Wording {

    private static final DateTimeFormatter MINUTES =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm'Z'").withZone(ZoneOffset.UTC);
    private static final int MOST_LISTED = 4;

    private Wording() {}

    /** Refused by this rule. */
    static String refused(CompiledRule rule, Asked asked) {
        return told(rule, asked, what(asked.reference()) + " is not allowed");
    }

    /** Refused since this is missing. */
    static String unmet(CompiledRule rule, Asked asked, Unmet unmet) {
        return told(rule, asked, String.join("; ", unmet.reasons()));
    }

    /** Refused since nothing allows it. */
    static String byDefault(Asked asked) {
        return "no rule allows " + image(asked) + " (default: deny)";
    }

    /** Refused whatever the rules say. */
    static String denied(Repository repository, Digest digest) {
        return "nobody gets " + digest + " (deny-digests; asked for in " + repository + ")";
    }

    static String anything(CompiledRule rule, Repository repository) {
        return plain(rule, repository.toString(), "nothing of " + repository + " is allowed");
    }

    static String nothingAllows(Repository repository) {
        return "no rule allows anything of " + repository + " (default: deny)";
    }

    private static String told(CompiledRule rule, Asked asked, String otherwise) {
        return plain(rule, image(asked), otherwise);
    }

    private static String plain(CompiledRule rule, String image, String otherwise) {
        Words words = rule.words();
        String said = words.message().isEmpty() ? otherwise : words.message();
        String named = said.contains("{rule}") ? said : said + " (rule {rule}" + (rule.warns() ? ", mode warn)" : ")");
        return named.replace("{rule}", rule.name()).replace("{image}", image)
                + words.link().map(link -> ", see " + link).orElse("");
    }

    static String digestIsNeeded(Reference reference) {
        return "tag " + reference + " has no pin: ask by digest";
    }

    private static String what(Reference reference) {
        return reference instanceof Tag ? "tag " + reference : reference.toString();
    }

    private static String image(Asked asked) {
        return asked.repository() + (asked.reference() instanceof Tag ? ":" : "@") + asked.reference();
    }

    /** In hours if it is whole ones, as people write it. */
    static String duration(Duration duration) {
        if (duration.toSecondsPart() == 0 && duration.toMinutesPart() == 0 && duration.toMillisPart() == 0) {
            return duration.toHours() + "h";
        }
        return duration.toMillisPart() == 0 && duration.toSecondsPart() == 0
                ? duration.toMinutes() + "m"
                : duration.toMillis() % 1_000 == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }

    static String minute(Instant instant) {
        return MINUTES.format(instant);
    }

    static String or(List<?> all) {
        String listed = all.stream().limit(MOST_LISTED).map(Object::toString).collect(Collectors.joining(" or "));
        return all.size() > MOST_LISTED ? listed + " or others" : listed;
    }
}
