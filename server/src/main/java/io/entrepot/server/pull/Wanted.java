package io.entrepot.server.pull;

import io.entrepot.oci.Digest;
import io.entrepot.oci.Repository;

/**
 * What is wanted of a repository, in words for records and people.
 *
 * @param kind {@code manifest}, {@code blob}, {@code tags} or {@code referrers}
 * @param reference a tag or digest; empty for the list of tags
 */
record Wanted(String kind, String reference) {

    static final Wanted TAGS = new Wanted("tags", "");

    static Wanted of(PullRequest.Target target) {
        return new Wanted(target.match(manifest -> "manifest", blob -> "blob"), target.reference());
    }

    static Wanted referrers(Digest subject) {
        return new Wanted("referrers", subject.toString());
    }

    /** As an image reference. */
    String name(Repository repository) {
        return repository + within();
    }

    /** What stands behind the name of the repository: {@code :3.20}, {@code @sha256:…}, or nothing. */
    String within() {
        String separator = reference.isEmpty() ? "" : reference.indexOf(':') < 0 ? ":" : "@";
        return separator + reference;
    }
}
