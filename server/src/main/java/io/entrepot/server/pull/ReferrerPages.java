package io.entrepot.server.pull;

import io.entrepot.oci.Referrer;
import io.entrepot.oci.Repository;
import io.entrepot.server.content.ReferrersList;
import java.util.List;

/** Cuts a list of referrers to what a client asked for. */
final class ReferrerPages {

    private ReferrerPages() {}

    static Referring page(Repository repository, ReferrersRequest request, ReferrersList list) {
        List<Referrer> wanted = list.referrers().stream()
                .filter(referrer -> request.artifactType().isEmpty()
                        || request.artifactType().equals(referrer.artifactType()))
                .toList();
        List<Referrer> rest = after(request.last(), wanted);
        int limit = Math.min(rest.size(), limit(request));
        return new Referring(
                repository,
                rest.subList(0, limit),
                limit > 0 && limit < rest.size(),
                !request.artifactType().isEmpty(),
                notices(list));
    }

    private static int limit(ReferrersRequest request) {
        return request.limit() < 0 ? ReferrersRequest.MAX_LIMIT : request.limit();
    }

    /** Where the last one is gone meanwhile, everything comes again: twice is better than not at all. */
    private static List<Referrer> after(String last, List<Referrer> wanted) {
        for (int i = 0; i < wanted.size(); i++) {
            if (wanted.get(i).digest().equals(last)) {
                return wanted.subList(i + 1, wanted.size());
            }
        }
        return wanted;
    }

    private static List<Notice> notices(ReferrersList list) {
        return list.staleBecause()
                .<List<Notice>>map(because -> List.of(new Notice.Stale(because, list.age())))
                .orElse(List.of());
    }
}
