package io.entrepot.server.policy;

import io.entrepot.oci.Manifest;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Repository;

/** May this be pulled. No rules can be written yet, so everything may. */
public final class PullPolicy {

    /** What the names alone say of a manifest or blob. */
    public Verdict onNames(Repository repository, Reference reference) {
        return Verdict.ALLOW;
    }

    /** What the names alone say of a list of tags. */
    public Verdict onTags(Repository repository) {
        return Verdict.ALLOW;
    }

    /** What the content says, once it is known. */
    public Verdict onContent(Repository repository, Manifest manifest) {
        return Verdict.ALLOW;
    }

    /** Whether a rule for this repository looks at content: then a blob needs an allowed manifest that names it. */
    public boolean looksAtContent(Repository repository) {
        return false;
    }
}
