package io.entrepot.server.pull;

import io.entrepot.oci.Repository;
import java.util.List;

/** One page of a repository's tags, and whether another follows. */
public record TagList(Repository repository, List<String> tags, boolean more, List<Notice> notices) {

    public TagList {
        tags = List.copyOf(tags);
        notices = List.copyOf(notices);
    }
}
