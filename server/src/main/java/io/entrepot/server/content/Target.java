package io.entrepot.server.content;

import io.entrepot.oci.Digest;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import io.entrepot.server.upstream.Upstream;

/** Which blob, and where it is asked for. */
record Target(Upstream upstream, Repository repository, Digest digest) {

    /** One download serves everybody who wants this content from this registry, in whatever repository. */
    Key key() {
        return new Key(upstream.registry(), digest);
    }

    record Key(Registry registry, Digest digest) {}
}
