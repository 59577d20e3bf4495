package io.entrepot.server.content;

import io.entrepot.oci.Referrer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The manifests whose subject one manifest is, in the order in which the upstream lists them.
 *
 * @param age the time since the upstream last said so; of a list from before a restart, since it first did
 * @param staleBecause why a list past its freshness was given; empty if it is fresh
 */
public record ReferrersList(List<Referrer> referrers, Duration age, Optional<String> staleBecause) {

    public ReferrersList {
        referrers = List.copyOf(referrers);
    }
}
