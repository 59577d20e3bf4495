package io.entrepot.server.http;

import java.net.InetAddress;
import java.time.Duration;

/**
 * One request and what became of it.
 *
 * @param client its address, also where trusted proxies stand between
 * @param peer the connection's own address
 * @param target the request target as it came; empty if the request could not be read
 * @param registry the upstream's name; empty where the request did not get so far
 * @param cache how the answer came about, as in {@code X-Entrepot-Cache}; empty if there was none
 * @param bytes of the body that went out
 * @param complete everything that the head announced went out
 */
public record Exchanged(
        InetAddress client,
        InetAddress peer,
        String method,
        String target,
        String userAgent,
        Kind kind,
        String registry,
        String cache,
        int status,
        long bytes,
        boolean complete,
        Duration duration) {

    /** What was asked for. */
    public enum Kind {
        MANIFEST,
        BLOB,
        TAGS,
        REFERRERS,
        PING,
        TOKEN,
        /** No such route, or not understood. */
        OTHER
    }
}
