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

    /** Links content that the upstream serves in this repository, whether a manifest names it or not; durable on return. */
    void link(Repository repository, Descriptor blob) throws IOException;

    /**
     * Whether content is known to have come by this repository: as a manifest that is linked itself, or as what its upstream
     * was seen to serve in it. What a manifest names is not for that alone.
     */
    boolean cameBy(Repository repository, Digest digest) throws IOException;

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
