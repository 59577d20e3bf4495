package io.entrepot.server.pull;

import io.entrepot.config.PinConfig.FirstSeen;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Reference.ByDigest;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Repository;
import io.entrepot.server.content.Content;
import io.entrepot.server.content.Resolved;
import io.entrepot.server.policy.PullPolicy;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pins that first pulls make: a tag keeps the digest that somebody who may say so pulled first. That is a pull that was
 * allowed and whose manifest went out whole; the tag is that by which they asked, or came to ask by digest.
 */
final class PinMaking {

    private static final Logger LOG = LoggerFactory.getLogger(PinMaking.class);

    private final Content content;
    private final FirstPulls firstPulls = new FirstPulls();

    PinMaking(Content content) {
        this.content = content;
    }

    /** Somebody is allowed what a reference was resolved to. */
    void allowed(Pull pull, Reference reference, Resolved resolved) {
        if (reference instanceof Tag tag && mayPin(pull, tag)) {
            firstPulls.resolved(pull.principal(), pull.repository(), tag, digest(resolved));
        }
    }

    /** The manifest went out whole. */
    void completed(Pull pull, Reference reference, Resolved resolved) {
        if (reference instanceof Tag tag && mayPin(pull, tag)) {
            propose(pull, tag, digest(resolved));
        } else if (reference instanceof ByDigest) {
            firstPulls
                    .completed(pull.principal(), pull.repository(), digest(resolved))
                    .forEach(tag -> propose(pull, tag, digest(resolved)));
        }
    }

    private static Digest digest(Resolved resolved) {
        return resolved.manifest().descriptor().digest();
    }

    private static boolean mayPin(Pull pull, Tag tag) {
        PullPolicy policy = pull.settings().policy();
        Optional<FirstSeen> terms = policy.firstSeen(pull.repository(), tag);
        return terms.filter(each -> policy.mayPin(each, pull.judge().asker())).isPresent();
    }

    /** The answer is out: if the disk refuses, the next pull tries again. */
    private void propose(Pull pull, Tag tag, Digest digest) {
        Repository repository = pull.repository();
        content.proposePin(repository, tag, digest, pull.principal().toString()).whenComplete((done, failure) -> {
            if (failure != null) {
                LOG.atWarn()
                        .addKeyValue("repository", repository)
                        .addKeyValue("tag", tag)
                        .addKeyValue("cause", Causes.of(failure).toString())
                        .log("pin not written");
            }
        });
    }
}
