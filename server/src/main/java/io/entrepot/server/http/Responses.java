package io.entrepot.server.http;

import io.entrepot.oci.MediaType;
import io.entrepot.oci.RegistryException;
import io.entrepot.oci.RegistryException.RangeNotSatisfiable;
import io.entrepot.oci.RegistryException.Unauthorized;
import io.entrepot.oci.RegistryException.Unsupported;
import io.entrepot.server.http.ResponseHead.Field;
import io.entrepot.server.pull.Answer;
import io.entrepot.server.pull.Notice;
import io.entrepot.server.pull.PullRequest;
import io.entrepot.server.pull.ReferrersRequest;
import io.entrepot.server.pull.Referring;
import io.entrepot.server.pull.TagList;
import io.entrepot.server.pull.TagsRequest;
import io.netty.buffer.ByteBufAllocator;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The heads of our responses: the same fields in the same order for HEAD as for GET.
 *
 * <p>What has a digest for a name never changes, but who may have it does: caches between us and the client, which know
 * neither policy nor audit, are told to keep out ({@code private}).
 */
final class Responses {

    private static final String JSON = "application/json";
    private static final String FOREVER = "private, max-age=31536000, immutable";
    private static final String NOT_AT_ALL = "no-store";

    private final ByteBufAllocator allocator;
    private final boolean close;

    Responses(ByteBufAllocator allocator, boolean close) {
        this.allocator = allocator;
        this.close = close;
    }

    /** The head of a manifest or blob, or of a part of it. */
    ResponseHead content(PullRequest request, Answer answer, Selected selected, int bodyRoom) {
        ResponseHead head = selected.partial() ? begin(206, "Partial Content", bodyRoom) : begin(200, "OK", bodyRoom);
        String digest = answer.descriptor().digest().toString();
        head.with(
                        Field.CONTENT_TYPE,
                        selected instanceof ByteRanges ranges
                                ? ranges.contentType()
                                : answer.descriptor().mediaType().value())
                .with(Field.CONTENT_LENGTH, selected.length())
                .with(Field.DOCKER_CONTENT_DIGEST, digest)
                .with(Field.ETAG, "\"" + digest + "\"")
                .with(Field.CACHE_CONTROL, request.target().movable() ? NOT_AT_ALL : FOREVER)
                .with(Field.X_ENTREPOT_CACHE, answer.origin().label());
        if (selected instanceof ByteRange range && range.partial()) {
            head.with(Field.CONTENT_RANGE, range.contentRange());
        }
        if (request.target() instanceof PullRequest.Target.Blob) {
            head.with(Field.ACCEPT_RANGES, "bytes");
        }
        namespace(head, request.address().ns());
        return notices(head, answer.notices());
    }

    ResponseHead tags(String path, TagsRequest request, TagList list, int length) {
        ResponseHead head = begin(200, "OK", length)
                .with(Field.CONTENT_TYPE, JSON)
                .with(Field.CONTENT_LENGTH, length)
                .with(Field.CACHE_CONTROL, NOT_AT_ALL);
        if (list.more()) {
            head.with(
                    Field.LINK,
                    nextPage(
                            path,
                            request.limit(),
                            list.tags().get(list.tags().size() - 1),
                            request.address().ns(),
                            ""));
        }
        namespace(head, request.address().ns());
        return notices(head, list.notices());
    }

    ResponseHead referrers(String path, ReferrersRequest request, Referring list, int length) {
        ResponseHead head = begin(200, "OK", length)
                .with(Field.CONTENT_TYPE, MediaType.OCI_INDEX.value())
                .with(Field.CONTENT_LENGTH, length)
                .with(Field.CACHE_CONTROL, NOT_AT_ALL);
        if (list.filtered()) {
            head.with(Field.OCI_FILTERS_APPLIED, "artifactType");
        }
        if (list.more()) {
            String last = list.page().get(list.page().size() - 1).digest();
            head.with(
                    Field.LINK,
                    nextPage(path, request.limit(), last, request.address().ns(), request.artifactType()));
        }
        namespace(head, request.address().ns());
        return notices(head, list.notices());
    }

    ResponseHead ping(int length) {
        return begin(200, "OK", length).with(Field.CONTENT_TYPE, JSON).with(Field.CONTENT_LENGTH, length);
    }

    ResponseHead token(int length) {
        return begin(200, "OK", length)
                .with(Field.CONTENT_TYPE, JSON)
                .with(Field.CONTENT_LENGTH, length)
                .with(Field.CACHE_CONTROL, NOT_AT_ALL);
    }

    /** The head of an error that asks who somebody is. */
    ResponseHead unauthorized(Unauthorized failure, String challenge, int length) {
        return error(failure, length).with(Field.WWW_AUTHENTICATE, challenge);
    }

    /** The head of an error; the reason phrase is what containerd shows of a HEAD. */
    ResponseHead error(int status, String message, int length) {
        return begin(status, message, length)
                .with(Field.CONTENT_TYPE, JSON)
                .with(Field.CONTENT_LENGTH, length)
                .with(Field.CACHE_CONTROL, NOT_AT_ALL);
    }

    ResponseHead error(RegistryException failure, int length) {
        ResponseHead head = error(failure.status(), failure.getMessage(), length);
        if (!failure.retryAfter().isZero()) {
            head.with(
                    Field.RETRY_AFTER,
                    Math.max(1, failure.retryAfter().plusMillis(999).toSeconds()));
        }
        if (failure instanceof Unsupported) {
            head.with(Field.ALLOW, "GET, HEAD");
        }
        if (failure instanceof RangeNotSatisfiable range) {
            head.with(Field.CONTENT_RANGE, "bytes */" + range.size());
        }
        return head;
    }

    private ResponseHead begin(int status, String reason, int bodyRoom) {
        ResponseHead head = new ResponseHead(allocator, bodyRoom, status, reason);
        return close ? head.with(Field.CONNECTION, "close") : head;
    }

    private static void namespace(ResponseHead head, String ns) {
        if (!ns.isEmpty()) {
            head.with(Field.OCI_NAMESPACE, ns);
        }
    }

    private static ResponseHead notices(ResponseHead head, List<Notice> notices) {
        for (Notice notice : notices) {
            if (notice instanceof Notice.Stale stale) {
                head.with(Field.AGE, stale.age().toSeconds());
                stale(head, stale.because());
            } else if (notice instanceof Notice.KnownTagsOnly known) {
                stale(head, known.because());
            } else if (notice instanceof Notice.Warned warned) {
                warned(head, warned.what());
            }
        }
        return head;
    }

    private static void stale(ResponseHead head, String because) {
        head.with(Field.WARNING, "110 - \"Response is Stale\"")
                .with(Field.X_ENTREPOT_STALE, ReasonPhrase.plain(because));
    }

    /** As the distribution spec has warnings: code 299, no agent, a quoted string. */
    private static void warned(ResponseHead head, String what) {
        String quoted = ReasonPhrase.plain(what).replace("\\", "\\\\").replace("\"", "\\\"");
        head.with(Field.WARNING, "299 - \"" + quoted + "\"");
    }

    /** In the form in which the client asked, so that the next page goes the same way. */
    private static String nextPage(String path, int limit, String last, String ns, String artifactType) {
        StringBuilder link = new StringBuilder("<").append(path).append('?');
        if (limit > 0) {
            link.append("n=").append(limit).append('&');
        }
        parameter(link.append("last="), last);
        if (!artifactType.isEmpty()) {
            parameter(link.append("&artifactType="), artifactType);
        }
        if (!ns.isEmpty()) {
            parameter(link.append("&ns="), ns);
        }
        return link.append(">; rel=\"next\"").toString();
    }

    private static void parameter(StringBuilder link, String value) {
        link.append(URLEncoder.encode(value, StandardCharsets.UTF_8));
    }
}
