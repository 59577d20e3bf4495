package io.entrepot.config;

import io.entrepot.config.PolicyRule.Effect;
import io.entrepot.config.PolicyRule.Exemption;
import io.entrepot.config.PolicyRule.Mode;
import io.entrepot.config.PolicyRule.Words;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Glob;
import io.entrepot.oci.Platform;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads one rule. */
final class RuleReader {

    private static final Digest NO_DIGEST = Digest.of(new byte[0]);
    private static final int LONGEST = 300;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{(?!image}|rule})[A-Za-z_-]*}");

    private final Section rule;

    private RuleReader(Section rule) {
        this.rule = rule;
    }

    static PolicyRule read(Section rule) {
        return new RuleReader(rule).read();
    }

    private PolicyRule read() {
        if (!rule.has("name")) {
            rule.problem("no name (expected: one that refusals and records call it by)");
        }
        PolicyRule read = new PolicyRule(
                rule.value("name", "", RuleReader::name),
                rule.where(),
                rule.choice("mode", Mode.ENFORCE),
                MatchReader.full(rule.section("match")),
                effect(),
                exemptions());
        rule.end();
        return read;
    }

    private static String name(String text) {
        if (!NAME.matcher(text).matches()) {
            throw new IllegalArgumentException(text + " (expected: " + NAME + ")");
        }
        return text;
    }

    private Effect effect() {
        boolean allow = rule.flag("allow");
        Optional<String> deny = rule.optional("deny", RuleReader::message);
        Section require = rule.section("require");
        List<String> given = new ArrayList<>();
        List.of("allow", "deny", "require").forEach(key -> {
            if (rule.has(key)) {
                given.add(key);
            }
        });
        if (given.size() != 1) {
            rule.problem((given.isEmpty() ? "does nothing" : String.join(" and ", given) + " together")
                    + " (expected: exactly one of allow, deny and require)");
        } else if (rule.has("allow") && !allow) {
            rule.problem("allow", "false (expected: true, or deny with a message)");
        }
        return effect(deny, require);
    }

    private Effect effect(Optional<String> deny, Section require) {
        Optional<String> message = rule.optional("message", RuleReader::message);
        Optional<String> link = rule.optional("link", RuleReader::link);
        if (rule.has("message") && !rule.has("require")) {
            rule.problem("message", "without require (expected: the words of a deny beside deny itself)");
        }
        if (rule.has("link") && !rule.has("deny") && !rule.has("require")) {
            rule.problem("link", "on a rule that refuses nothing (expected: beside deny or require)");
        }
        if (rule.has("require")) {
            return new Effect.Require(requirements(require), new Words(message.orElse(""), link));
        }
        return rule.has("deny") ? new Effect.Deny(new Words(deny.orElse(""), link)) : new Effect.Allow();
    }

    private static String message(String text) {
        if (text.length() > LONGEST || !text.equals(Problems.printable(text))) {
            throw new IllegalArgumentException(text + " (expected: one line of at most " + LONGEST + " characters)");
        }
        if (PLACEHOLDER.matcher(text).find()) {
            throw new IllegalArgumentException(text + " (expected: no placeholder but {image} and {rule})");
        }
        return text;
    }

    private static String link(String text) {
        if (text.indexOf('@') >= 0) {
            throw new IllegalArgumentException("an address with an @ in it, perhaps a password (expected: none)");
        }
        try {
            URI uri = new URI(text);
            boolean web = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
            if (web && uri.getHost() != null && text.length() <= LONGEST) {
                return uri.toASCIIString();
            }
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(text + " (expected: an https address)", e);
        }
        throw new IllegalArgumentException(text + " (expected: an https address)");
    }

    private static Requirements requirements(Section section) {
        List<String> lists = List.of("platforms", "media-types");
        Requirements requirements = new Requirements(
                section.flag("digest"),
                section.flag("pinned"),
                section.flag("immutable-tag"),
                section.flag("no-rollback"),
                section.duration("min-age", Duration.ZERO),
                section.duration("baseline", Duration.ZERO),
                section.list("platforms", Platform::parse),
                section.optional("max-size", Text::limit).map(OptionalLong::of).orElse(OptionalLong.empty()),
                section.list("media-types", text -> new Glob(Text.notEmpty(text))),
                section.flag("no-foreign-urls"));
        lists.forEach(key -> MatchReader.refuseEmpty(section, key));
        section.end();
        if (requirements.equals(Requirements.NONE) && section.names().isEmpty()) {
            section.problem("asks nothing (expected: a requirement, or allow: true in its place)");
        } else if (!requirements.baseline().isZero() && requirements.minAge().isZero()) {
            section.problem("baseline", "without min-age (expected: beside it)");
        }
        return requirements;
    }

    private List<Exemption> exemptions() {
        List<Exemption> exemptions = new ArrayList<>();
        Set<Digest> digests = new HashSet<>();
        for (Section section : rule.sections("exempt")) {
            List.of("digest", "reason", "until").forEach(key -> {
                if (!section.has(key)) {
                    section.problem("no " + key + " (expected: digest, reason and until)");
                }
            });
            Exemption exemption = new Exemption(
                    section.value("digest", NO_DIGEST, Digest::parse),
                    section.value("reason", "", RuleReader::reason),
                    section.value("until", Instant.MIN, RuleReader::until));
            section.end();
            if (!digests.add(exemption.digest())) {
                section.problem("digest", exemption.digest() + " is exempt already (expected: once in a rule)");
            }
            exemptions.add(exemption);
        }
        if (!exemptions.isEmpty() && rule.has("allow")) {
            rule.problem("exempt", "on a rule that refuses nothing (expected: beside deny or require)");
        }
        return exemptions;
    }

    private static String reason(String text) {
        return message(Text.notEmpty(text));
    }

    /** A day is meant to its end, in UTC. */
    private static Instant until(String text) {
        try {
            return text.indexOf('T') >= 0
                    ? Instant.parse(text)
                    : LocalDate.parse(text)
                            .plusDays(1)
                            .atStartOfDay(ZoneOffset.UTC)
                            .toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    text + " (expected: a day or a time in UTC, as in 2027-01-31 or 2027-01-31T12:00:00Z)", e);
        }
    }
}
