package io.entrepot.loadtest;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The host to which a registry redirects blobs: addresses that are signed, for one method, for a while, as S3's are. */
final class StorageHost {

    private static final String PATH = "/store/";

    /** What was signed: one method on one blob, until a time on the clock of {@link System#nanoTime}. */
    private record Signed(String method, String digest, long endsAt) {}

    private final Shelf shelf;
    private final URI address;
    private final Duration lifetime;
    private final AtomicLong count = new AtomicLong();
    private final Map<String, Signed> signatures = new ConcurrentHashMap<>();

    StorageHost(Shelf shelf, URI address, Duration lifetime) {
        this.shelf = shelf;
        this.address = address;
        this.lifetime = lifetime;
    }

    /** An address at which this request's method works until it expires. */
    String presign(Request request, String digest) {
        String signature = Long.toHexString(count.incrementAndGet() * 0x9E3779B97F4A7C15L);
        signatures.put(signature, new Signed(request.method(), digest, System.nanoTime() + lifetime.toNanos()));
        return address + PATH + digest + "?X-Amz-Expires=" + lifetime.toSeconds() + "&X-Amz-Signature=" + signature;
    }

    /** Ends every address given out so far. */
    void expire() {
        signatures.clear();
    }

    Reply answer(Request request) {
        if (request.headers().has("Authorization")) {
            return error(400, "InvalidArgument", "Only one auth mechanism allowed");
        }
        Signed signed = signatures.get(request.parameter("X-Amz-Signature").orElse(""));
        if (signed == null || signed.endsAt() - System.nanoTime() < 0) {
            return error(403, "AccessDenied", "Request has expired");
        }
        if (!signed.method().equals(request.method()) || !request.path().equals(PATH + signed.digest())) {
            return error(403, "SignatureDoesNotMatch", "The signature does not match the request");
        }
        return shelf.blob(signed.digest())
                .map(content -> Ranges.answer(request, content, headers(signed)))
                .orElseGet(() -> error(404, "NoSuchKey", "The specified key does not exist."));
    }

    private static Headers headers(Signed signed) {
        return Headers.of(
                "Content-Type: binary/octet-stream",
                "ETag: \"s3-" + signed.digest().substring(signed.digest().length() - 32) + "\"",
                "Accept-Ranges: bytes");
    }

    private static Reply error(int status, String code, String message) {
        return Reply.text(
                status,
                "application/xml",
                "<Error><Code>" + code + "</Code><Message>" + message + "</Message></Error>");
    }
}
