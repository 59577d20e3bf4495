package io.entrepot.loadtest;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Answers a GET or HEAD of content under an ETag: 200, 206, 304 or 416 as in RFC 9110. */
final class Ranges {

    private static final Pattern SINGLE = Pattern.compile("bytes=(\\d*)-(\\d*)");

    private Ranges() {}

    static Reply answer(Request request, Content content, Headers headers) {
        String etag = headers.first("ETag").orElse("");
        if (request.headers().first("If-None-Match").orElse("").equals(etag)) {
            return Reply.of(304, headers, Content.empty());
        }
        String range = request.headers().first("Range").orElse("");
        boolean holds = request.headers().first("If-Range").orElse(etag).equals(etag);
        Matcher single = SINGLE.matcher(range);
        if (!holds
                || !single.matches()
                || (single.group(1).isEmpty() && single.group(2).isEmpty())) {
            return Reply.of(200, headers, content);
        }
        return part(single.group(1), single.group(2), content, headers);
    }

    private static Reply part(String first, String last, Content content, Headers headers) {
        long size = content.size();
        long from = first.isEmpty() ? Math.max(0, size - Long.parseLong(last)) : Long.parseLong(first);
        long to = first.isEmpty() || last.isEmpty() ? size - 1 : Math.min(size - 1, Long.parseLong(last));
        if (from >= size || to < from) {
            return Reply.error(416, "range not satisfiable").with("Content-Range", "bytes */" + size);
        }
        return Reply.of(206, headers, content.part(from, to - from + 1))
                .with("Content-Range", "bytes " + from + "-" + to + "/" + size);
    }
}
