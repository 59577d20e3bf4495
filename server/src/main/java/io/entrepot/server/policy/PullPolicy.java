package io.entrepot.server.policy;

import io.entrepot.config.PinConfig.FirstSeen;
import io.entrepot.config.PolicyConfig;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Repository;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** May this be pulled: the rules of a configuration, as they run. */
public final class PullPolicy {

    /** Nothing is asked of anybody. */
    public static final PullPolicy OPEN = of(PolicyConfig.NONE, Basis.NONE);

    /**
     * What rules rest on beside their own text.
     *
     * @param pins of the lock file
     * @param denied digests that nobody gets
     * @param appeared when each rule, by name, was first in force here, by trusted time
     */
    public record Basis(PinBook pins, Set<Digest> denied, Map<String, Instant> appeared) {
        public static final Basis NONE = new Basis(PinBook.EMPTY, Set.of(), Map.of());

        public Basis {
            denied = Set.copyOf(denied);
            appeared = Map.copyOf(appeared);
        }
    }

    private final PolicyConfig config;
    private final Basis basis;
    private final Rules rules;
    private final FirstSeenPins firstSeen;
    private final DigestSet denied;
    private final String version;

    private PullPolicy(PolicyConfig config, Basis basis) {
        this.config = config;
        this.basis = basis;
        this.rules = Rules.of(config.rules(), basis.appeared(), !basis.denied().isEmpty());
        this.firstSeen = new FirstSeenPins(config.pins().firstSeen());
        this.denied = new DigestSet(basis.denied());
        this.version = PolicyVersion.of(config, basis);
    }

    /** Compiles the rules. */
    public static PullPolicy of(PolicyConfig config, Basis basis) {
        return new PullPolicy(config, basis);
    }

    /** What names these rules in records; the same text has the same name. */
    public String version() {
        return version;
    }

    /** What must be known of content in this repository before it is judged. */
    public Needs needs(Repository repository) {
        return rules.of(repository).needs();
    }

    /** What the names alone say of a manifest: refused for certain, or how to go on. */
    public Verdict onNames(Asked asked, Moment now) {
        if (asked.reference() instanceof Reference.ByDigest by) {
            return denied.contains(by.digest())
                    ? denied(asked.repository(), by.digest())
                    : byNames(asked, names(asked), Optional.empty(), now);
        }
        return byNames(asked, names(asked), firstSeen.find(asked.repository(), (Tag) asked.reference()), now);
    }

    /** How what the names say comes about. */
    public Trace explain(Asked asked, Moment now) {
        Verdict verdict = onNames(asked, now);
        return new Trace(Tracing.of(rules.all(), asked.repository(), names(asked), verdict, now), verdict);
    }

    /** How a verdict comes about: that of the names if they refuse or are all that is looked at, else of the content. */
    public Trace explain(Asked asked, Subject subject, Moment now) {
        Trace byNames = explain(asked, now);
        if (byNames.verdict() instanceof Verdict.Deny
                || !needs(asked.repository()).content()) {
            return byNames;
        }
        ByContent content = byContent(asked, subject, now);
        return new Trace(
                Tracing.of(rules.all(), asked.repository(), content.facts(content.telling()), content.verdict(), now),
                content.verdict());
    }

    private static Facts names(Asked asked) {
        return asked.reference() instanceof Reference.ByDigest by
                ? new Facts.ByDigest(asked.asker(), by.digest())
                : new Facts.ByTag(asked.asker(), new TagName((Tag) asked.reference()));
    }

    private Verdict byNames(Asked asked, Facts facts, Optional<FirstSeen> firstSeen, Moment now) {
        return new ByNames(
                        rules.of(asked.repository()), config.allowByDefault(), asked, facts, pin(asked), firstSeen, now)
                .verdict();
    }

    private Optional<Pin> pin(Asked asked) {
        return asked.reference() instanceof Tag tag ? basis.pins().find(asked.repository(), tag) : Optional.empty();
    }

    private static Verdict denied(Repository repository, Digest digest) {
        return Verdict.Deny.listed(Wording.denied(repository, digest));
    }

    /** What is said of a blob before the manifests that name it are looked at; its digest is none that rules speak of. */
    public Verdict onBlob(Repository repository, Digest digest, Asker asker, Moment now) {
        return denied.contains(digest) ? denied(repository, digest) : onAnything(repository, asker, now);
    }

    /** What is said once the content is known. */
    public Verdict onContent(Asked asked, Subject subject, Moment now) {
        return byContent(asked, subject, now).verdict();
    }

    private ByContent byContent(Asked asked, Subject subject, Moment now) {
        return new ByContent(rules.of(asked.repository()), config.allowByDefault(), denied, asked, subject, now);
    }

    /** Whether anything at all of this repository may be pulled by them. */
    public Verdict onAnything(Repository repository, Asker asker, Moment now) {
        return new Anywhere(rules.of(repository), config.allowByDefault(), repository, asker, now).verdict();
    }

    /** Whether this tag keeps the digest that was pulled first, and on which terms. */
    public Optional<FirstSeen> firstSeen(Repository repository, Tag tag) {
        return firstSeen.find(repository, tag);
    }

    /** Whether a completed pull of theirs makes such a pin. */
    public boolean mayPin(FirstSeen terms, Asker asker) {
        return FirstSeenPins.mayPin(terms, asker);
    }

    /** How long a client may go on reading an image that it was given before it is refused. */
    public Duration inUseGrace() {
        return config.inUseGrace();
    }

    /** The pins of the lock file. */
    public PinBook pins() {
        return basis.pins();
    }
}
