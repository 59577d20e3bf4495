package io.entrepot.server.inspect;

import io.entrepot.config.ConfigException;
import io.entrepot.config.DigestFile;
import io.entrepot.config.MirrorConfig;
import io.entrepot.config.MirrorConfig.TagPattern;
import io.entrepot.config.PolicyRule;
import io.entrepot.config.Requirements;
import io.entrepot.oci.Digest;
import io.entrepot.oci.ImageRef;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.RegistryException;
import io.entrepot.oci.Repository;
import io.entrepot.server.access.Access;
import io.entrepot.server.access.Principal;
import io.entrepot.server.access.Supposed;
import io.entrepot.server.content.TagPatterns;
import io.entrepot.server.inspect.Ruling.State;
import io.entrepot.server.policy.Asked;
import io.entrepot.server.policy.Canary;
import io.entrepot.server.policy.Explanation;
import io.entrepot.server.policy.Explanation.Outcome;
import io.entrepot.server.policy.Explanation.Step;
import io.entrepot.server.policy.LockFile;
import io.entrepot.server.policy.Moment;
import io.entrepot.server.policy.PullPolicy;
import io.entrepot.server.policy.PullPolicy.Basis;
import io.entrepot.server.policy.Subject;
import io.entrepot.server.policy.Verdict;
import io.entrepot.server.pull.Address;
import io.entrepot.server.pull.Askers;
import io.entrepot.server.pull.Route;
import io.entrepot.server.pull.Router;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a configuration says of images, without a mirror that runs. */
public final class Rulings {

    private final MirrorConfig config;
    private final Router router;
    private final Access access;
    private final PullPolicy policy;
    private final Map<String, PolicyRule> rules;

    private Rulings(MirrorConfig config, PullPolicy policy) {
        this.config = config;
        this.router = new Router(config, new Unopened(config));
        this.access = Supposed.access(config.access());
        this.policy = policy;
        this.rules = config.policy().rules().stream().collect(Collectors.toMap(PolicyRule::name, Function.identity()));
    }

    /** With the lock file and the lists of digests that the configuration names. Blocks. */
    public static Rulings of(MirrorConfig config) throws ConfigException {
        Set<Digest> denied = new HashSet<>();
        for (Path file : config.policy().denyDigests()) {
            denied.addAll(DigestFile.read(file));
        }
        Basis basis = new Basis(LockFile.read(config.policy().pins()), denied, Map.of());
        return new Rulings(config, PullPolicy.of(config.policy(), basis));
    }

    /** Of an image of which the names are known alone. */
    public Ruling of(ImageRef image, Who who, Instant now) {
        return ruling(image, who, asked -> names(asked, policy.explain(asked, moment(now))));
    }

    /** Of an image whose content is this. */
    public Ruling of(ImageRef image, Who who, Subject subject, Instant now) {
        return ruling(image, who, asked -> told(policy.explain(asked, subject, moment(now))));
    }

    /** Whether anything of a repository may be theirs. */
    public Ruling anything(Repository repository, Who who, Instant now) {
        return ruling(
                new ImageRef(repository, new Tag("latest")),
                who,
                asked -> told(new Explanation(
                        List.of(), policy.onAnything(asked.repository(), asked.asker(), moment(now)))));
    }

    /** Whether a tag always means the same here: it is pinned, or believed as first seen. */
    public boolean isFixed(ImageRef image) {
        return image.reference() instanceof Tag tag
                && (policy.pins().find(image.repository(), tag).isPresent()
                        || TagPatterns.of(config.tags())
                                .match(image.repository(), tag)
                                .mode()
                                .equals(TagPattern.Mode.IMMUTABLE));
    }

    private Ruling ruling(ImageRef image, Who who, Function<Asked, Ruling> judge) {
        Principal principal = who.principal(config.access());
        try {
            Route route = router.route(Address.of(image.repository().toString()));
            if (Canary.is(route.repository())) {
                return Ruling.deny(Canary.RULE, Canary.MESSAGE);
            }
            Optional<RegistryException> refusal = access.refusal(
                            principal, route.upstream().config())
                    .or(() -> access.refusal(
                            principal,
                            route.repository(),
                            () -> new RegistryException.NameUnknown(route.repository() + " is not theirs: `rights`")));
            return refusal.map(no -> Ruling.deny("", String.valueOf(no.getMessage())))
                    .orElseGet(() ->
                            judge.apply(new Asked(route.repository(), image.reference(), Askers.of(principal))));
        } catch (RegistryException e) {
            return Ruling.deny("", String.valueOf(e.getMessage()));
        }
    }

    private static Moment moment(Instant now) {
        return new Moment(now, now);
    }

    private Ruling names(Asked asked, Explanation explanation) {
        List<String> open = dependsOn(asked, explanation.steps());
        Ruling told = told(explanation);
        return told.state() != State.ALLOW || open.isEmpty()
                ? told
                : new Ruling(State.DEPENDS, deciding(explanation), "", open, told.warnings(), told.steps());
    }

    private static Ruling told(Explanation explanation) {
        Verdict verdict = explanation.verdict();
        List<Step> steps = explanation.steps();
        if (verdict instanceof Verdict.Allow allow) {
            List<String> warnings = allow.grounds().warnings();
            String rule = allow.grounds().rule().isEmpty() ? deciding(explanation) : allow.grounds().rule();
            return new Ruling(State.ALLOW, rule, allow.grounds().exemption(), List.of(), warnings, steps);
        }
        if (verdict instanceof Verdict.Deny deny) {
            return new Ruling(State.DENY, deny.rule(), deny.message(), List.of(), List.of(), steps);
        }
        Verdict.Undecided undecided = (Verdict.Undecided) verdict;
        return new Ruling(State.UNDECIDED, undecided.rule(), undecided.message(), List.of(), List.of(), steps);
    }

    private static String deciding(Explanation explanation) {
        return explanation.steps().stream()
                .filter(step -> step.outcome() == Outcome.DECIDES)
                .map(Step::rule)
                .findFirst()
                .orElse("");
    }

    /** What the rules would look at before they decide. */
    private List<String> dependsOn(Asked asked, List<Step> steps) {
        List<String> all = new ArrayList<>();
        for (Step step : steps) {
            if (step.outcome() == Outcome.OPEN) {
                all.add(step.why() + " (rule " + step.rule() + ")");
            } else if (step.outcome() == Outcome.DECIDES) {
                required(asked.reference(), rules.get(step.rule()))
                        .forEach(what -> all.add(what + " (rule " + step.rule() + ")"));
            }
        }
        return all;
    }

    private static List<String> required(Reference reference, @Nullable PolicyRule rule) {
        return rule != null && rule.effect() instanceof PolicyRule.Effect.Require require
                ? required(reference, require.requirements())
                : List.of();
    }

    private static List<String> required(Reference reference, Requirements asked) {
        List<String> all = new ArrayList<>();
        boolean byDigest = reference instanceof Reference.ByDigest;
        add(all, asked.pinned() && byDigest, "pinned");
        add(all, asked.immutableTag(), "immutable-tag");
        add(all, asked.noRollback(), "no-rollback");
        add(all, !asked.minAge().isZero(), "min-age");
        add(all, !asked.platforms().isEmpty(), "platforms");
        add(all, asked.maxSize().isPresent(), "max-size");
        add(all, !asked.mediaTypes().isEmpty(), "media-types");
        add(all, asked.noForeignUrls(), "no-foreign-urls");
        return all;
    }

    private static void add(List<String> all, boolean asked, String what) {
        if (asked) {
            all.add(what);
        }
    }
}
