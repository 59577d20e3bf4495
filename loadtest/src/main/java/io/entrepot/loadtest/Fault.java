package io.entrepot.loadtest;

import java.time.Duration;

/**
 * What goes wrong between a registry and its clients in the field. Each becomes an {@link Injection} that says where, how
 * often and how much, as in {@code registry.fault(Fault.CUT_BODY.at(4096).on("GET", "/blobs/").first(2))}.
 *
 * <p>Positions count the bytes of the body of one response, except for FLIP_BIT, which counts those of the content.
 */
public enum Fault {
    /** The body ends with FIN after {@code at} bytes (default half): a proxy's time limit, a restarted backend. */
    CUT_BODY,
    /** The body ends with RST after {@code at} bytes (default half): a load balancer that drops a connection. */
    RESET_BODY,
    /** The body stops after {@code at} bytes (default half), the connection stays: a lost route, a stuck disk. */
    STALL_BODY,
    /** The body goes out at {@code rate} bytes a second (default 1): a congested or throttled link. */
    TRICKLE,
    /** One bit of the content is another at {@code at} (default half): bad memory, bad disk. */
    FLIP_BIT,
    /** Other bytes of the same length: a cache that mixes up its objects. */
    WRONG_BLOB,
    /** 200 with a page of HTML as long as the content, under the registry's own headers: an error page that was cached. */
    WEB_PAGE,
    /** 200 with a page of HTML and none of the registry's headers: a captive portal, a login page. */
    PORTAL,
    /** Content-Length is {@code by} bytes (default 1) too small, the whole body follows: a lying proxy. */
    LENGTH_SHORT,
    /** Content-Length is {@code by} bytes (default 1) too large, the connection closes after the body: a lying proxy. */
    LENGTH_LONG,
    /** The content lacks its last {@code by} bytes (default 1), framing agrees: a backend with a truncated file. */
    CONTENT_SHORT,
    /** The content has {@code by} bytes more (default 1), framing agrees: a backend that appended twice. */
    CONTENT_LONG,
    /** No Content-Length, the body ends with the connection: an HTTP/1.0 proxy. */
    LENGTH_ABSENT,
    /** Chunked transfer coding, no Content-Length: a proxy that rewrites, a registry that streams. */
    CHUNKED,
    /** Content-Length twice with different values: a broken or hostile proxy. */
    LENGTH_TWICE,
    /** A Range is ignored, 200 from byte 0: a registry that is itself a proxy on a miss. */
    IGNORE_RANGE,
    /** 206 with the range {@code by} bytes (default 1) beside the one asked for: a miscounting cache. */
    WRONG_CONTENT_RANGE,
    /** 206 without Content-Range: a broken cache. */
    NO_CONTENT_RANGE,
    /** Another ETag on every response, so that no If-Range holds: backends behind one name that disagree. */
    OTHER_ETAG,
    /** No ETag: a registry that has none. */
    NO_ETAG,
    /** This {@code status} (default 503), Retry-After if {@code lasting} is set: limits, outages, refusals. */
    STATUS,
    /** The request is read and never answered: a backend that hangs. */
    HANG,
    /** The head comes one byte every {@code lasting} (default 1 s): a slow-drip attack, an overloaded server. */
    HANG_HEADERS,
    /** The connection closes without an answer: a keep-alive connection closed at the wrong moment. */
    NO_ANSWER,
    /** The connection closes after a sound answer that had not said so: a keep-alive timeout. */
    CLOSE_AFTER,
    /** The listener closes, for {@code lasting} or until restart(): a registry that is down. */
    REFUSE,
    /** Bytes that are not HTTP: another service on the port. */
    GARBAGE,
    /** A head of {@code by} bytes (default 1 MiB): hostile or broken. */
    HUGE_HEAD,
    /** No Content-Type: minimal static registries. */
    NO_CONTENT_TYPE,
    /** This {@code text} as the Content-Type (default text/plain): registries over object stores. */
    WRONG_CONTENT_TYPE,
    /** No Docker-Content-Digest: registries behind header filters. */
    NO_DIGEST_HEADER,
    /** Docker-Content-Digest of other content: a mixed-up cache. */
    WRONG_DIGEST_HEADER,
    /** The body compressed, Content-Encoding: gzip, though nobody asked: an eager reverse proxy. */
    CONTENT_ENCODING_GZIP,
    /** A redirect to {@code text}, with {@code status} (default 307): CDNs, storage hosts, traps. */
    REDIRECT_TO,
    /** 401 with a Bearer challenge whose realm is {@code text}: a hostile upstream that collects credentials. */
    REALM,
    /** 401 without WWW-Authenticate: seen on some registries' resources. */
    NO_CHALLENGE,
    /** HEAD gets this {@code status} (default 405), GET works: registries that refuse HEAD on blobs. */
    HEAD_REFUSED,
    /** Every call by tag finds a new digest; each stays readable by digest: a busy pipeline, a hostile registry. */
    MOVE_TAG_EACH_CALL,
    /** 404 unless Accept names the manifest's type: registries that filter by Accept. */
    NEEDS_ACCEPT,
    /** 103 and 100 heads before the real one: registries behind newer proxies. */
    INTERIM_1XX;

    /** Everywhere, every time. */
    public Injection everywhere() {
        return Injection.of(this);
    }

    /** On requests whose path contains this. */
    public Injection on(String pathPart) {
        return everywhere().on(pathPart);
    }

    /** On requests of this method whose path contains this. */
    public Injection on(String method, String pathPart) {
        return everywhere().on(method, pathPart);
    }

    /** At this byte. */
    public Injection at(long position) {
        return everywhere().at(position);
    }

    /** By this many bytes. */
    public Injection by(long bytes) {
        return everywhere().by(bytes);
    }

    /** At this many bytes a second. */
    public Injection rate(long bytesPerSecond) {
        return everywhere().rate(bytesPerSecond);
    }

    /** With this status. */
    public Injection status(int status) {
        return everywhere().status(status);
    }

    /** For this long. */
    public Injection lasting(Duration duration) {
        return everywhere().lasting(duration);
    }

    /** With this text: an address, a type, a body. */
    public Injection text(String text) {
        return everywhere().text(text);
    }
}
