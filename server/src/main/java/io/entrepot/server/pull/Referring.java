package io.entrepot.server.pull;

import io.entrepot.oci.Referrer;
import io.entrepot.oci.ReferrersIndex;
import io.entrepot.oci.Repository;
import java.util.List;

/**
 * One page of a list of referrers, and whether another follows.
 *
 * @param filtered whether those of other types than the one asked for were left out
 */
public record Referring(
        Repository repository, List<Referrer> page, boolean more, boolean filtered, List<Notice> notices) {

    public Referring {
        page = List.copyOf(page);
        notices = List.copyOf(notices);
    }

    /** The image index that a client gets. */
    public byte[] index() {
        return ReferrersIndex.of(page);
    }
}
