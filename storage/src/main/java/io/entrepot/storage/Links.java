package io.entrepot.storage;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Repository;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Which content belongs to which repository: repository → descriptor ← manifest that names it. Every method may block.
 */
public interface Links {

    /** The descriptor under which a manifest of this repository, or the repository itself, names this digest. */
    Optional<Descriptor> find(Repository repository, Digest digest) throws IOException;

    /** Links a manifest and what it names to a repository; durable on return. Linking again changes nothing. */
    void link(Repository repository, Descriptor manifest, List<Descriptor> children) throws IOException;

    /** Links one blob that the upstream serves in this repository, without a manifest that names it; durable on return. */
    void link(Repository repository, Descriptor blob) throws IOException;

    /** The list of referrers last seen for a manifest. */
    Optional<ReferrersRecord> referrers(Repository repository, Digest subject) throws IOException;

    /** Which index lists the referrers of a manifest from now on; durable on return. The same one again changes nothing. */
    void referrers(Repository repository, Digest subject, ReferrersRecord list) throws IOException;

    /** The manifests linked to a repository. */
    List<Descriptor> manifests(Repository repository) throws IOException;

    /** The manifests linked to a repository that name this content. */
    List<Descriptor> naming(Repository repository, Digest digest) throws IOException;

    /** The manifests that others of a repository name and that are not linked themselves. */
    List<Descriptor> unlinked(Repository repository) throws IOException;
}
