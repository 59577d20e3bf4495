package io.entrepot.server.pull;

import io.entrepot.oci.RegistryException;
import io.entrepot.server.content.Content;
import io.entrepot.server.upstream.Upstream.TagPage;
import io.entrepot.server.upstream.UpstreamException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Pages of tags: the upstream's, or those known here when it cannot be asked. */
final class TagPages {

    private final Content content;

    TagPages(Content content) {
        this.content = content;
    }

    CompletableFuture<TagList> page(Route route, TagsRequest request) {
        if (request.limit() == 0) {
            return CompletableFuture.completedFuture(new TagList(route.repository(), List.of(), false, List.of()));
        }
        return route.upstream()
                .tags(route.repository(), Math.max(request.limit(), 0), last(request))
                .thenApply(page -> list(route, request, page))
                .exceptionallyCompose(failure -> known(route, request, failure));
    }

    private static Optional<String> last(TagsRequest request) {
        return request.last().isEmpty() ? Optional.empty() : Optional.of(request.last());
    }

    /** Some registries take no notice of {@code n} and {@code last}, and do not sort: then it is done here. */
    private static TagList list(Route route, TagsRequest request, TagPage page) {
        List<String> rest = after(request, page.tags());
        int limit = limit(request, rest);
        boolean more = limit < rest.size() || (page.more() && !rest.isEmpty());
        return new TagList(route.repository(), rest.subList(0, limit), more, List.of());
    }

    private static List<String> after(TagsRequest request, List<String> tags) {
        return tags.stream()
                .sorted()
                .filter(tag -> tag.compareTo(request.last()) > 0)
                .toList();
    }

    private static int limit(TagsRequest request, List<String> rest) {
        return request.limit() < 0 ? rest.size() : Math.min(request.limit(), rest.size());
    }

    private CompletableFuture<TagList> known(Route route, TagsRequest request, Throwable failure) {
        Throwable cause = Causes.of(failure);
        if (!(cause instanceof UpstreamException upstream)) {
            return CompletableFuture.failedFuture(cause);
        }
        boolean told = upstream.kind() == UpstreamException.Kind.NOT_FOUND
                || (upstream.kind() == UpstreamException.Kind.REFUSED && route.isPassThrough());
        if (told) {
            return CompletableFuture.failedFuture(upstream.told(RegistryException.NameUnknown::new));
        }
        return content.knownTags(route.repository()).thenApply(tags -> {
            if (tags.isEmpty()) {
                throw upstream.told(RegistryException.NameUnknown::new);
            }
            return cut(route, request, tags, String.valueOf(upstream.getMessage()));
        });
    }

    private static TagList cut(Route route, TagsRequest request, List<String> known, String because) {
        List<String> rest = after(request, known);
        int limit = limit(request, rest);
        return new TagList(
                route.repository(),
                rest.subList(0, limit),
                limit < rest.size(),
                List.of(new Notice.KnownTagsOnly(because)));
    }
}
