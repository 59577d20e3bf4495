package io.entrepot.server.policy;

import io.entrepot.config.AskerMatch;
import io.entrepot.config.PolicyConfig;
import io.entrepot.config.PolicyMatch;
import io.entrepot.config.PolicyMatch.TagMatcher;
import io.entrepot.config.PolicyRule;
import io.entrepot.config.PolicyRule.Effect;
import io.entrepot.config.PolicyRule.Mode;
import io.entrepot.config.Requirements;
import io.entrepot.oci.Glob;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.Reference;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The meaning of a policy in the plainest words there are: no index, no phases, globs by regular expressions. Without pins and
 * signature artifacts.
 */
final class Naive {

    private final PolicyConfig config;
    private final Asked asked;
    private final Subject subject;

    private Naive(PolicyConfig config, Asked asked, Subject subject) {
        this.config = config;
        this.asked = asked;
        this.subject = subject;
    }

    static boolean allows(PolicyConfig config, Asked asked, Subject subject) {
        Naive naive = new Naive(config, asked, subject);
        List<Optional<Standing>> standings = new ArrayList<>();
        subject.standings().forEach(standing -> standings.add(Optional.of(standing)));
        if (standings.isEmpty()) {
            standings.add(
                    asked.reference() instanceof Reference.Tag tag
                            ? Optional.of(Standing.bare(tag))
                            : Optional.empty());
        }
        return standings.stream().anyMatch(naive::allowsUnder);
    }

    private boolean allowsUnder(Optional<Standing> standing) {
        for (PolicyRule rule : config.rules()) {
            boolean deny = rule.effect() instanceof Effect.Deny;
            if (rule.mode() == Mode.OFF || !matches(rule, standing)) {
                continue;
            }
            if (rule.mode() == Mode.WARN && deny) {
                continue;
            }
            if (isExempt(rule) || rule.effect() instanceof Effect.Allow) {
                return true;
            }
            return !deny && (rule.mode() == Mode.WARN || meets((Effect.Require) rule.effect(), standing));
        }
        return config.allowByDefault();
    }

    private boolean isExempt(PolicyRule rule) {
        return rule.exemptions().stream()
                .anyMatch(each ->
                        each.digest().equals(subject.manifest().descriptor().digest())
                                && each.until().isAfter(Made.NOON));
    }

    private boolean matches(PolicyRule rule, Optional<Standing> standing) {
        PolicyMatch match = rule.match();
        return any(
                        match.registries(),
                        glob -> is(glob, asked.repository().registry().name()))
                && any(match.repositories(), glob -> is(glob, asked.repository().toString()))
                && any(
                        match.tags(),
                        tag -> standing.filter(each -> isTag(tag, each)).isPresent())
                && any(
                        match.digests(),
                        digest -> digest.equals(subject.manifest().descriptor().digest()))
                && any(
                        match.mediaTypes(),
                        glob -> is(
                                glob,
                                subject.manifest().descriptor().mediaType().value()))
                && any(match.platforms(), wanted -> subject.platforms().stream().anyMatch(wanted::admits))
                && match.size()
                        .map(range -> subject.manifest() instanceof Manifest.Image
                                && size() >= range.least()
                                && size() <= range.most())
                        .orElse(true)
                && isMeant(match.asker(), rule.effect() instanceof Effect.Deny);
    }

    private boolean isMeant(AskerMatch match, boolean denies) {
        Asker asker = asked.asker();
        if (asker.operator()) {
            return !denies || match.equals(AskerMatch.ANYBODY);
        }
        return any(match.users(), glob -> !asker.user().isEmpty() && is(glob, asker.user()))
                && any(match.groups(), glob -> asker.groups().stream().anyMatch(group -> is(glob, group)))
                && any(match.networks(), network -> network.contains(asker.address()))
                && any(match.namespaces(), glob -> !asker.namespace().isEmpty() && is(glob, asker.namespace()))
                && any(
                        match.serviceAccounts(),
                        glob -> !asker.serviceAccount().isEmpty()
                                && is(glob, asker.namespace() + "/" + asker.serviceAccount()));
    }

    private boolean meets(Effect.Require require, Optional<Standing> standing) {
        Requirements asks = require.requirements();
        Manifest manifest = subject.manifest();
        boolean pinned = standing.filter(Standing::pinned).isPresent();
        Optional<Instant> since = standing.flatMap(Standing::since);
        return (!asks.digest() || pinned || asked.reference() instanceof Reference.ByDigest)
                && (!asks.pinned() || pinned)
                && (!asks.immutableTag()
                        || pinned
                        || standing.filter(Standing::first).isPresent())
                && (!asks.noRollback() || standing.isPresent())
                && (asks.minAge().isZero()
                        || since.filter(seen -> !seen.plus(asks.minAge()).isAfter(Made.NOON))
                                .isPresent())
                && any(asks.platforms(), wanted -> subject.platforms().stream().anyMatch(wanted::admits))
                && (manifest instanceof Manifest.Index
                        || size() <= asks.maxSize().orElse(Long.MAX_VALUE))
                && types().stream().allMatch(type -> any(asks.mediaTypes(), glob -> is(glob, type)))
                && (!asks.noForeignUrls() || manifest.foreign().isEmpty());
    }

    private List<String> types() {
        List<String> types = new ArrayList<>();
        types.add(subject.manifest().descriptor().mediaType().value());
        if (subject.manifest() instanceof Manifest.Image image) {
            image.children().forEach(child -> types.add(child.mediaType().value()));
        }
        return types;
    }

    private long size() {
        return subject.manifest().children().stream()
                .mapToLong(child -> child.size())
                .sum();
    }

    private static boolean isTag(TagMatcher matcher, Standing standing) {
        String tag = standing.tag().name();
        if (matcher instanceof TagMatcher.Named named) {
            return is(named.glob(), tag);
        }
        return matcher instanceof TagMatcher.InRange range && range.range().contains(tag);
    }

    private static <T> boolean any(List<T> all, Predicate<T> matches) {
        return all.isEmpty() || all.stream().anyMatch(matches);
    }

    private static boolean is(Glob glob, String text) {
        String expression = Pattern.quote(glob.pattern())
                .replace("**", "\\E.@\\Q")
                .replace("*", "\\E[^/]@\\Q")
                .replace("@", "*");
        return Pattern.matches(expression, text);
    }
}
