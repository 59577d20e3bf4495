package io.entrepot.server.pull;

import io.entrepot.oci.Descriptor;
import io.entrepot.server.content.Body;
import io.entrepot.server.content.Content.Blob;
import io.entrepot.server.content.Content.BlobInfo;
import io.entrepot.server.content.Resolved;
import io.entrepot.server.policy.Grounds;
import java.util.ArrayList;
import java.util.List;

/**
 * What is given to an allowed pull, and on what grounds.
 *
 * @param tagAge seconds since the upstream last said what the tag means; negative: it was no tag
 * @param stale why an answer past its freshness is given; empty: it is fresh
 * @param endpoint which host of several said just now what a tag means
 */
record Given(
        Descriptor descriptor,
        Body body,
        Origin origin,
        Grounds grounds,
        List<Notice> notices,
        long tagAge,
        String stale,
        String endpoint) {

    static Given of(Resolved resolved, Grounds grounds) {
        return new Given(
                resolved.manifest().descriptor(),
                new Body.Bytes(resolved.manifest().bytes()),
                Origin.of(resolved.source()),
                grounds,
                notices(resolved, grounds),
                resolved.tag().isPresent() ? resolved.age().toSeconds() : -1,
                resolved.staleBecause().orElse(""),
                resolved.endpoint());
    }

    static Given of(Blob blob, Grounds grounds) {
        return new Given(
                blob.descriptor(), blob.body(), Origin.of(blob.source()), grounds, warnings(grounds), -1, "", "");
    }

    static Given of(BlobInfo info, Grounds grounds) {
        return new Given(
                info.descriptor(),
                new HeadOnly(info.descriptor().size()),
                info.held() ? Origin.HIT : Origin.MISS,
                grounds,
                warnings(grounds),
                -1,
                "",
                "");
    }

    private static List<Notice> notices(Resolved resolved, Grounds grounds) {
        List<Notice> notices = new ArrayList<>(warnings(grounds));
        resolved.staleBecause().ifPresent(because -> notices.add(new Notice.Stale(because, resolved.age())));
        return notices;
    }

    private static List<Notice> warnings(Grounds grounds) {
        return grounds.warnings().isEmpty()
                ? List.of()
                : grounds.messages().stream().<Notice>map(Notice.Warned::new).toList();
    }
}
