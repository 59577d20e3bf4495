package io.entrepot.loadtest;

import io.entrepot.loadtest.Delivery.Ending;
import io.entrepot.loadtest.Delivery.Framing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;

/** What each fault does to a request before it is answered, and to the answer. */
final class FaultEffects {

    private static final String DIGEST = "Docker-Content-Digest";
    private static final String PAGE = "<!DOCTYPE html><html><body><h1>Please log in</h1></body></html>";

    private final AtomicLong calls = new AtomicLong();
    private final Shelf shelf;

    FaultEffects(Shelf shelf) {
        this.shelf = shelf;
    }

    /** The request as it is answered, after each of these faults. */
    Request onRequest(List<Injection> hits, Request asked) {
        Request request = asked;
        for (Injection hit : hits) {
            request = onRequest(hit, request);
        }
        return request;
    }

    /** The reply as it is sent, after each of these faults. */
    Reply onReply(List<Injection> hits, Request request, Reply sound) {
        Reply reply = sound;
        for (Injection hit : hits) {
            reply = onReply(hit, request, reply);
        }
        return reply;
    }

    private Request onRequest(Injection injection, Request request) {
        return switch (injection.fault()) {
            case IGNORE_RANGE -> request.withHeaders(request.headers().without("Range"));
            case OTHER_ETAG ->
                request.headers().has("If-Range")
                        ? request.withHeaders(request.headers().without("Range"))
                        : request;
            case MOVE_TAG_EACH_CALL -> {
                Route.parse(request.path()).ifPresent(shelf::moveTag);
                yield request;
            }
            default -> request;
        };
    }

    private Reply onReply(Injection fault, Request request, Reply reply) {
        Content body = reply.body();
        Delivery delivery = reply.delivery();
        long half = fault.numberOr(body.size() / 2);
        return switch (fault.fault()) {
            case CUT_BODY -> reply.delivered(delivery.ending(Ending.CLOSE, half));
            case RESET_BODY -> reply.delivered(delivery.ending(Ending.RESET, half));
            case STALL_BODY -> reply.delivered(delivery.ending(Ending.STALL, half));
            case TRICKLE -> reply.delivered(delivery.paced(fault.numberOr(1)));
            case FLIP_BIT -> reply.withBody(flipped(body, fault));
            case WRONG_BLOB -> reply.withBody(new Content.Seeded(0xBAD, body.size()));
            case WEB_PAGE -> reply.withBody(page(body.size())).with("Content-Type", "text/html");
            case PORTAL -> Reply.text(200, "text/html", PAGE);
            case LENGTH_SHORT -> reply.delivered(delivery.lying(-fault.numberOr(1)));
            case LENGTH_LONG -> reply.delivered(delivery.lying(fault.numberOr(1)));
            case CONTENT_SHORT -> reply.withBody(body.part(0, Math.max(0, body.size() - fault.numberOr(1))));
            case CONTENT_LONG -> reply.withBody(new Content.Joined(body, new Content.Seeded(0xBAD, fault.numberOr(1))));
            case LENGTH_ABSENT -> reply.delivered(delivery.framed(Framing.CLOSE));
            case CHUNKED -> reply.delivered(delivery.framed(Framing.CHUNKED));
            case LENGTH_TWICE -> reply.withHeaders(reply.headers().plus("Content-Length", "" + (body.size() + 1)));
            case WRONG_CONTENT_RANGE -> wrongRange(reply, fault.numberOr(1));
            case NO_CONTENT_RANGE -> reply.without("Content-Range");
            case OTHER_ETAG -> reply.with("ETag", "\"other-" + calls.incrementAndGet() + "\"");
            case NO_ETAG -> reply.without("ETag");
            case STATUS -> status(fault);
            case HANG -> reply.delivered(delivery.ending(Ending.STALL, Delivery.BEFORE_HEAD));
            case HANG_HEADERS -> reply.delivered(delivery.dripping(fault.lasts().orElse(Duration.ofSeconds(1))));
            case NO_ANSWER -> reply.delivered(delivery.ending(Ending.CLOSE, Delivery.BEFORE_HEAD));
            case CLOSE_AFTER -> reply.delivered(delivery.ending(Ending.CLOSE, Delivery.AFTER_BODY));
            case REFUSE -> reply.delivered(delivery.ending(Ending.REFUSE, Delivery.BEFORE_HEAD));
            case GARBAGE ->
                reply.delivered(delivery.after("SSH-2.0-OpenSSH_9.2p1\r\n").ending(Ending.CLOSE, Delivery.BEFORE_HEAD));
            case HUGE_HEAD -> reply.with("X-Padding", "x".repeat((int) fault.numberOr(1 << 20)));
            case NO_CONTENT_TYPE -> reply.without("Content-Type");
            case WRONG_CONTENT_TYPE -> reply.with("Content-Type", fault.textOr("text/plain"));
            case NO_DIGEST_HEADER -> reply.without(DIGEST);
            case WRONG_DIGEST_HEADER -> reply.with(DIGEST, "sha256:" + "0".repeat(64));
            case CONTENT_ENCODING_GZIP -> reply.withBody(gzip(body)).with("Content-Encoding", "gzip");
            case REDIRECT_TO ->
                Reply.of((int) fault.numberOr(307), Headers.NONE.with("Location", fault.text()), Content.empty());
            case REALM -> challenge(fault.text());
            case NO_CHALLENGE -> Reply.error(401, "authentication required");
            case HEAD_REFUSED -> request.isHead() ? Reply.error((int) fault.numberOr(405), "no HEAD here") : reply;
            case NEEDS_ACCEPT -> accepted(request, reply) ? reply : Reply.error(404, "Accept does not name its type");
            case INTERIM_1XX ->
                reply.delivered(delivery.after(
                        "HTTP/1.1 103 Early Hints\r\nLink: </v2/>; rel=preload\r\n\r\n",
                        "HTTP/1.1 100 Continue\r\n\r\n"));
            case IGNORE_RANGE, MOVE_TAG_EACH_CALL -> reply;
        };
    }

    private static Content flipped(Content body, Injection fault) {
        if (body instanceof Content.Part part) {
            long at = fault.numberOr(part.whole().size() / 2);
            return new Content.Flipped(part.whole(), at).part(part.from(), part.size());
        }
        return new Content.Flipped(body, fault.numberOr(body.size() / 2));
    }

    private static Content page(long size) {
        Content page = new Content.Bytes(PAGE.getBytes(StandardCharsets.UTF_8));
        return size <= page.size()
                ? page.part(0, size)
                : new Content.Joined(page, new Content.Seeded(0xBAD, size - page.size()));
    }

    private static Reply wrongRange(Reply reply, long by) {
        if (!(reply.body() instanceof Content.Part part) || reply.status() != 206) {
            return reply;
        }
        long total = part.whole().size();
        long from = Math.floorMod(part.from() + by, total);
        long size = Math.min(part.size(), total - from);
        return reply.withBody(part.whole().part(from, size))
                .with("Content-Range", "bytes " + from + "-" + (from + size - 1) + "/" + total);
    }

    private static Reply status(Injection fault) {
        int status = (int) fault.numberOr(503);
        Reply reply = fault.text().isEmpty()
                ? Reply.error(status, "status " + status)
                : Reply.text(status, "text/plain", fault.text());
        return fault.lasts()
                .map(after -> reply.with("Retry-After", Long.toString(after.toSeconds())))
                .orElse(reply);
    }

    private static Reply challenge(String realm) {
        return Reply.error(401, "authentication required")
                .with("WWW-Authenticate", "Bearer realm=\"" + realm + "\",service=\"fake\"");
    }

    private static boolean accepted(Request request, Reply reply) {
        String type = reply.headers().first("Content-Type").orElse("");
        return request.headers().all("Accept").stream().anyMatch(accept -> accept.contains(type));
    }

    private static Content gzip(Content body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(body.bytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Content.Bytes(bytes.toByteArray());
    }
}
