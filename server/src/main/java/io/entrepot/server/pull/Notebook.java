package io.entrepot.server.pull;

import io.entrepot.oci.Repository;
import java.time.Instant;

/**
 * What is written down of what clients asked for.
 *
 * @param misses what an offline mirror did not have
 * @param discovered the repositories of upstreams that are observed
 */
public record Notebook(Sightings misses, Sightings discovered) {

    /** An empty one. */
    public static Notebook blank() {
        return new Notebook(new Sightings(), new Sightings());
    }

    void missed(Wanted wanted, Repository repository) {
        misses.saw(wanted.kind(), wanted.name(repository), Instant.now());
    }

    /** @param answered whether the upstream had something to say of it */
    void observed(Repository repository, boolean answered) {
        discovered.saw(answered ? "repository" : "unanswered", repository.toString(), Instant.now());
    }
}
