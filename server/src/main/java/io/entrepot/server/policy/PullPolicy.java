package io.entrepot.server.policy;

import io.entrepot.config.PolicyConfig;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Repository;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
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

    private final Basis basis;

    private PullPolicy(Basis basis) {
        this.basis = basis;
    }

    /** Compiles the rules. */
    public static PullPolicy of(PolicyConfig config, Basis basis) {
        return new PullPolicy(basis);
    }

    /** What must be known of content in this repository before it is judged. */
    public Needs needs(Repository repository) {
        return Needs.NOTHING;
    }

    /** What the names alone say of a manifest or blob: refused for certain, or how to go on. */
    public Verdict onNames(Asked asked, Moment now) {
        return Verdict.ALLOW;
    }

    /** What is said of a blob before the manifests that name it are looked at; its digest is none that rules speak of. */
    public Verdict onBlob(Repository repository, Digest digest, Asker asker, Moment now) {
        return Verdict.ALLOW;
    }

    /** What is said once the content is known. */
    public Verdict onContent(Asked asked, Subject subject, Moment now) {
        return Verdict.ALLOW;
    }

    /** Whether anything at all of this repository may be pulled by them. */
    public Verdict onAnything(Repository repository, Asker asker, Moment now) {
        return Verdict.ALLOW;
    }

    /** How long a client may go on reading an image that it was given before it is refused. */
    public Duration inUseGrace() {
        return Duration.ZERO;
    }

    /** The pins of the lock file. */
    public PinBook pins() {
        return basis.pins();
    }
}
