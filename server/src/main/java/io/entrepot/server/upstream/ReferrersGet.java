package io.entrepot.server.upstream;

import io.entrepot.oci.Digest;
import io.entrepot.oci.MediaType;
import io.entrepot.oci.ReferrersIndex;
import io.entrepot.oci.Repository;
import io.entrepot.server.net.HttpCall.Method;
import io.entrepot.server.net.HttpReply;
import io.entrepot.server.upstream.Upstream.ReferrersPage;
import io.entrepot.server.upstream.UpstreamEvents.Endpoint;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * GET of one page of referrers. Registries without the API say so in several ways; none of them is an error.
 *
 * @param page the query of the page; empty for the first
 */
record ReferrersGet(Repository repository, Digest subject, String page) implements Question<Optional<ReferrersPage>> {

    private static final Set<Integer> ABSENT = Set.of(400, 404, 405, 501);

    @Override
    public Endpoint endpoint() {
        return Endpoint.REFERRERS;
    }

    @Override
    public Method method() {
        return Method.GET;
    }

    @Override
    public String path() {
        return "referrers/" + subject + (page.isEmpty() ? "" : "?" + page);
    }

    @Override
    public Map<String, String> headers() {
        return Map.of("Accept", MediaType.OCI_INDEX.value());
    }

    @Override
    public Set<Integer> wanted() {
        return Set.of(200, 400, 404, 405, 501);
    }

    @Override
    public void check(HttpReply reply) {
        NextPage.query(reply);
    }

    @Override
    public CompletableFuture<Optional<ReferrersPage>> read(HttpReply reply) {
        if (ABSENT.contains(reply.status())) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        Optional<String> next = NextPage.query(reply);
        return reply.body(ReferrersIndex.MAX_SIZE).thenApply(body -> Optional.of(page(body, next)));
    }

    private static ReferrersPage page(byte[] body, Optional<String> next) {
        try {
            return new ReferrersPage(ReferrersIndex.parse(body), next);
        } catch (IllegalArgumentException e) {
            throw new WrongAnswer("sent a " + e.getMessage());
        }
    }
}
