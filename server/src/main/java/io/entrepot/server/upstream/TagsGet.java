package io.entrepot.server.upstream;

import io.entrepot.oci.Repository;
import io.entrepot.server.net.HttpCall.Method;
import io.entrepot.server.net.HttpReply;
import io.entrepot.server.upstream.Upstream.TagPage;
import io.entrepot.server.upstream.UpstreamEvents.Endpoint;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** GET of one page of tags; zero for {@code n} says nothing of its size. */
record TagsGet(Repository repository, int n, Optional<String> last) implements Question<TagPage> {

    @Override
    public Endpoint endpoint() {
        return Endpoint.TAGS;
    }

    @Override
    public Method method() {
        return Method.GET;
    }

    @Override
    public String path() {
        List<String> query = new ArrayList<>();
        if (n > 0) {
            query.add("n=" + n);
        }
        last.ifPresent(tag -> query.add("last=" + URLEncoder.encode(tag, StandardCharsets.UTF_8)));
        return "tags/list" + (query.isEmpty() ? "" : "?" + String.join("&", query));
    }

    @Override
    public CompletableFuture<TagPage> read(HttpReply reply) {
        boolean more = NextPage.exists(reply);
        return reply.body(TagsPage.LARGEST).thenApply(body -> TagsPage.read(body, more));
    }
}
